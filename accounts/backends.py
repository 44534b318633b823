"""The one authentication backend: 手机号 or 账号, with a password."""

from allauth.account.auth_backends import AuthenticationBackend

from accounts.models import User
from accounts.queries import user_by_login


class HallBackend(AuthenticationBackend):
    """allauth's backend (it spends the time of a hash for unknown accounts too), knowing mobile numbers."""

    def _authenticate_by_username(self, username: str, password: str) -> User | None:
        return self._check_password(user_by_login(username), password)  # type: ignore[return-value]

    def get_user(self, user_id: int) -> User | None:
        """The user of a session, with the individual, which nearly every page asks for."""
        user = User.objects.select_related("individual").filter(pk=user_id).first()
        return user if user and self.user_can_authenticate(user) else None
