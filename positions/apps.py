from django.apps import AppConfig


class PositionsConfig(AppConfig):
    name = "positions"
    verbose_name = "见习岗位"

    def ready(self) -> None:
        from positions import receivers

        receivers.connect()
