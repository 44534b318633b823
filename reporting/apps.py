from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "reporting"
    verbose_name = "见习上报"

    def ready(self) -> None:
        from reporting import certificates, policy_impact, receivers  # noqa: F401 - they declare themselves

        receivers.connect()
