"""How allauth behaves in the hall."""

import time
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from accounts import portal, sign_in_records
from accounts.models import User

REAUTHENTICATION_SECONDS = 300


class HallAccountAdapter(DefaultAccountAdapter):
    """Chinese messages, the hall's own registration, and a portal to land on."""

    error_messages: ClassVar[dict[str, str]] = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": "账号或密码不正确，请核对后重试",
        "too_many_login_attempts": "连续登录失败次数过多，请15分钟后再试，或通过“忘记密码”重置密码",
        "rate_limited": "操作过于频繁，请稍后再试",
        "incorrect_password": "密码不正确，请重新输入",
        "account_inactive": "该账号已停用，请联系窗口",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Registration is the hall's own (accounts.views)."""
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """As allauth does, with evidence of what failed or was locked out."""
        try:
            user: User | None = super().authenticate(request, **credentials)
        except ValidationError:
            sign_in_records.record_failure(request, credentials.get("username", ""), locked=True)
            raise
        return user

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Neither the password nor a wrong name is kept in the clear."""
        sign_in_records.record_failure(request, credentials.get("username", ""))

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Who signed in just now (with everything the account asks for) is not asked again at once."""
        records = get_authentication_records(self.request, self.request.user)
        if records and time.time() - records[-1]["at"] < REAUTHENTICATION_SECONDS:
            return False
        return bool(super().is_reauthentication_required(app=app, **kwargs))

    def get_login_stages(self) -> list[str]:
        """allauth's own stages, the pushed code of 单位编号登录, and the consent of who comes by the network."""
        own = ["accounts.unit_sign_in.PushedCodeStage", "accounts.sso.views.ConsentStage"]
        return [*super().get_login_stages(), *own]

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """The home of the portal that fits the account and the tab it signed in on."""
        return portal.home_url(request.user, portal.wanted(request))

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """allauth's own notices are not shown: the page that follows says enough."""
