from django.apps import AppConfig


class CommonConfig(AppConfig):
    name = "common"
    verbose_name = "基础数据"

    def ready(self) -> None:
        from common import lookups, policy_keys  # noqa: F401  (declares the policies)

        lookups.register()
