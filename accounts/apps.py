from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "用户与单位"

    def ready(self) -> None:
        """Sign-ins are recorded from the start; every app says when it writes to people."""
        from accounts import sign_in_records  # noqa: F401
        from accounts.messaging import occasions

        occasions.load()
