from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "reporting"
    verbose_name = "见习上报"

    def ready(self) -> None:
        from reporting import certificates, receivers  # noqa: F401 - certificates declare themselves

        receivers.connect()
