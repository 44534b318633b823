"""Decisions about codes of 扫码登录 (A3): decided once, used once, within two minutes."""

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.actions import Refused, write
from accounts.models import Handler, QrSignIn, User
from accounts.qr_codes import QrCode

OVER = "二维码已过期（2分钟内有效），请在电脑上刷新后重新扫码"


def confirmable(user: User) -> QuerySet[Handler]:
    """The handlers for whom a person may confirm: of the own account, and those with the own verified ID number.

    Staff never sign in by a code, nor confirm one.
    """
    own = Q(user=user)
    individual = getattr(user, "individual", None)
    if individual is not None and individual.is_verified:
        own |= Q(id_no_digest=individual.id_no_digest)
    found = Handler.objects.active().filter(own, user__is_active=True, user__is_staff=False)
    if user.is_staff:
        return found.none()
    return found.select_related("unit", "user").order_by("unit__name", "pk")


@write
def decide_qr(*, code: QrCode, handler: Handler | None, by: User) -> QrSignIn:
    """Confirm a code for a handler, or refuse it (None); of two decisions the first counts. Raises Refused."""
    if code.is_over:
        raise Refused(OVER)
    if handler is not None and not confirmable(by).filter(pk=handler.pk).exists():
        raise Refused("您不是该单位的经办人")
    try:
        with transaction.atomic():
            return QrSignIn.objects.create(
                token_hash=code.token_hash, decided_by=by, handler=handler, expires_at=code.expires_at
            )
    except IntegrityError:
        raise Refused("该二维码已经确认或取消过，请在电脑上刷新后重新扫码") from None


@write
def use_qr(*, code: QrCode, by: User | None) -> Handler:
    """The handler for whom the browser's code was confirmed; it is used up then. Raises Refused."""
    row = (
        QrSignIn.objects.select_for_update(of=("self",))
        .filter(token_hash=code.token_hash)
        .select_related("handler__user", "decided_by")
        .first()
    )
    if code.is_over:
        raise Refused(OVER)
    if row is None:
        raise Refused("还没有在手机上确认，请扫码确认后再继续")
    if row.handler is None:
        raise Refused("手机上已取消本次登录，请刷新二维码或换用其他方式")
    if row.used_at is not None:
        raise Refused("该二维码已经使用过，请刷新后重新扫码")
    # Rights may have ended between the phone and this browser.
    if not row.decided_by.is_active or not confirmable(row.decided_by).filter(pk=row.handler_id).exists():
        raise Refused("该经办人的权限已结束")
    row.used_at = timezone.now()
    row.save(update_fields=["used_at"])
    return row.handler
