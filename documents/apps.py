from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "documents"
    verbose_name = "电子证照"

    def ready(self) -> None:
        from documents import checks  # noqa: F401 - registers itself
