"""Groups of the unit menu that a handler may be given: what is not open is neither shown nor answered (A5, JX 9.1).

A page belongs to the group under which the menu lists its app's pages (``assign``, called by the app that
draws the menus); a service to the group that it declares.
"""

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied

if TYPE_CHECKING:  # the model's column names the groups
    from accounts.handler_models import Handler

INSURANCE = "社会保险"
CENTRE = "单位中心"
GRANTABLE = ("就业见习管理", INSURANCE, CENTRE)

_groups: dict[str, str] = {}


class GroupClosed(PermissionDenied):
    """The acting handler may not open this group of the unit menu; ``str()`` is the group's title."""


def assign(url_name: str, group: str) -> None:
    """Say that a page of the menu, and the other pages of its namespace, belong to a group of the unit menu."""
    namespace = url_name.rpartition(":")[0]
    _groups[url_name] = group
    if namespace:
        _groups.setdefault(f"{namespace}:", group)


def of_address(view_name: str) -> str:
    """The group of a named address; "" where it belongs to none (the portal's home, the list of cases)."""
    namespace = view_name.rpartition(":")[0]
    return _groups.get(view_name) or _groups.get(f"{namespace}:", "")


def closed_to(handler: "Handler") -> tuple[str, ...]:
    """The groups that are not open to a handler.

    社会保险 opens only to whom staff have entered, 主管 or not (JX 9.1); a 单位主管 has all the others.
    """
    closed = {INSURANCE} if handler.origin != handler.Origin.STAFF else set()
    if not handler.is_supervisor:
        closed |= set(GRANTABLE) - set(handler.menu_groups)
    return tuple(group for group in GRANTABLE if group in closed)


def check_open(handler: "Handler", group: str) -> None:
    """Raise GroupClosed unless the handler may open the group; pages of no group are open to all."""
    if group in closed_to(handler):
        raise GroupClosed(group)
