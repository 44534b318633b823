"""Who may enter, change and end handlers of a unit (A5); asked again under the unit's lock before anything is written."""

from accounts.models import Handler, Unit, User
from accounts.queries import staff_regions
from accounts.writing import Refused
from common import regions

STAFF_PERMISSION = "accounts.change_handler"


def check_may_keep(unit: Unit, by: User) -> None:
    """Staff of the unit's region who keep handlers (网厅管理), or a 单位主管 of the unit. Raises Refused."""
    if by.is_staff:
        check_staff(unit, by)
    elif not Handler.objects.supervisors().filter(unit=unit, user=by).exists():
        raise Refused("您不是本单位的单位主管，不能管理经办人；权限如有变更请刷新页面")


def check_staff(unit: Unit, by: User) -> None:
    """Staff who keep handlers, and the unit lies in their regions or in none yet. Raises Refused."""
    if not by.is_staff or not by.has_perm(STAFF_PERMISSION):
        raise Refused("您没有管理经办人的权限")
    region = unit.handling_region_id
    if region and not by.is_superuser and not any(regions.in_scope(region, code) for code in staff_regions(by)):
        raise Refused("该单位不在您的管辖地区")


def check_another_supervisor(handler: Handler) -> None:
    """A unit is never without a 单位主管: ``handler`` may stop being one only if another is there. Raises Refused.

    To be asked under the unit's lock.
    """
    others = Handler.objects.supervisors().filter(unit_id=handler.unit_id).exclude(pk=handler.pk)
    if handler.is_supervisor and not others.exists():
        raise Refused("单位不能没有单位主管，请先将主管移交给其他经办人，或由经办大厅变更")


def owns_contacts(handler: Handler) -> bool:
    """Whether the account is the handler's private one, so that its phone and e-mail are the person's own to keep."""
    user = handler.user
    if getattr(user, "individual", None) is not None:
        return True
    return Handler.objects.active().filter(user=user).exclude(unit_id=handler.unit_id).exists()
