"""How allauth behaves in the hall."""

from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from accounts import portal


class HallAccountAdapter(DefaultAccountAdapter):
    """Chinese messages, the hall's own registration, and a portal to land on."""

    error_messages: ClassVar[dict[str, str]] = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": "账号或密码不正确，请核对后重试",
        "too_many_login_attempts": "连续登录失败次数过多，请15分钟后再试，或通过“忘记密码”重置密码",
        "account_inactive": "该账号已停用，请联系窗口",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Registration is the hall's own (accounts.views)."""
        return False

    def get_login_stages(self) -> list[str]:
        """allauth's own stages, and the consent of who comes by the network for the first time."""
        return [*super().get_login_stages(), "accounts.sso.views.ConsentStage"]

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """The home of the portal that fits the account and the tab it signed in on."""
        return portal.home_url(request.user, portal.wanted(request))

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """allauth's own notices are not shown: the page that follows says enough."""
