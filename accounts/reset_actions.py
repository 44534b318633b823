"""重置密码 by unit number (A7, JX 5.2): the code is pushed by a job, so that the answer takes as long for a
number or a person that nobody knows.
"""

import json

from accounts.actions import code_fits, deliver_code, new_code, write
from accounts.models import Handler, MobileCode, User
from accounts.queries import handler_by_number
from common import crypto

PURPOSE = MobileCode.Purpose.RESET


def _digest(number: str, id_no: str) -> str:
    return crypto.digest(f"reset:{number}:{id_no}")


def resettable(number: str, id_no: str) -> Handler | None:
    """The active handler of the unit with this number and ID number, whose account has a password."""
    handler = handler_by_number(number, id_no) if id_no else None
    return handler if handler and handler.user.is_active and handler.user.has_usable_password() else None


@write
def issue_number_code(*, number: str, id_no: str, by: User | None) -> None:
    """Make a code for a unit number and an ID number, known or not, and leave the delivery to a job.

    Raises Refused when codes are asked for too often.
    """
    from accounts.jobs import push_reset_code  # jobs import the actions that they run

    row, code = new_code(PURPOSE, _digest(number, id_no))
    push_reset_code.defer(sealed=crypto.encrypt(json.dumps([number, id_no, row.pk, code])))


@write
def deliver_number_code(*, sealed: str, by: User | None) -> None:
    """What the job does: find the handler, if there is one, and push the code."""
    number, id_no, pk, code = json.loads(crypto.decrypt(sealed))
    handler = resettable(number, id_no)
    row = MobileCode.objects.filter(pk=pk).first()
    if handler is not None and row is not None:
        deliver_code(handler.user, row, code, by)


@write
def use_number_code(*, number: str, id_no: str, code: str, by: User | None) -> bool:
    """Whether ``code`` is the newest one for both numbers, unused and in time; then it is used up."""
    return code_fits(PURPOSE, _digest(number, id_no), code)
