from django.apps import AppConfig


class InsuranceConfig(AppConfig):
    name = "insurance"
    verbose_name = "社会保险"

    def ready(self) -> None:
        from insurance import certificates  # noqa: F401 - they declare themselves
