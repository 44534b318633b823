from django.apps import AppConfig


class ReviewConfig(AppConfig):
    name = "review"
    verbose_name = "办件审核"

    def ready(self) -> None:
        from review import matters

        matters.load()
