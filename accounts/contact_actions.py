"""Writes to where an account is reached: mobile number and e-mail, each proved by a code before."""

from django.utils import timezone

from accounts.actions import end_sessions
from accounts.messaging.actions import send_message
from accounts.messaging.channels import mask_email
from accounts.models import SignIn, User
from accounts.writing import write
from common import identifiers


@write
def change_mobile(*, user: User, mobile: str, session_key: str, by: User) -> None:
    """Another mobile number, which the actor has just proved; other sessions end and the old number is told.

    A person signs in with it, so that it may lead to one account only (IntegrityError else); a unit's
    account signs in by name and may share the handler's own number.
    """
    locked = User.objects.select_for_update().get(pk=user.pk)
    now = timezone.now()
    send_message(
        user=locked,
        occasion="mobile-changed",
        values={"手机号": identifiers.mask_mobile(mobile)},
        key=f"mobile:{locked.pk}:{now.isoformat()}",
        by=by,
    )
    locked.mobile = mobile
    locked.mobile_verified_at = now if hasattr(locked, "individual") else None
    locked.save(update_fields=["mobile", "mobile_digest", "mobile_verified_at"])
    end_sessions(sign_ins=SignIn.objects.filter(user=locked).exclude(session_key=session_key), by=by)


@write
def change_email(*, user: User, email: str, by: User) -> None:
    """Another e-mail, which the actor has just proved, or none; the old one is told."""
    locked = User.objects.select_for_update().get(pk=user.pk)
    send_message(
        user=locked,
        occasion="email-changed",
        values={"变更": f"变更为{mask_email(email)}" if email else "解除绑定"},
        key=f"email:{locked.pk}:{timezone.now().isoformat()}",
        by=by,
    )
    locked.email = email
    locked.save(update_fields=["email"])
