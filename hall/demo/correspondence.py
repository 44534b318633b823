"""What left the hall for the first people of a province, one person's choice of channels and bank account."""

import datetime

from accounts import actions as accounts
from accounts.consents import BANK
from accounts.messaging import channels
from accounts.messaging.actions import choose_channels
from accounts.messaging.models import Channel, Delivery, Message
from accounts.models import BankAccount, User
from common import audit
from hall.demo import clock
from hall.demo.offices import Province
from hall.demo.people import DemoPerson

# Occasion, channel, state, fault, the gateway's answer: one of each that staff meet.
_SENT = (
    ("case-submit", Channel.SMS, Delivery.State.SENT, "", ""),
    ("case-approve", Channel.SMS, Delivery.State.SENT, "", ""),
    ("case-approve", Channel.EMAIL, Delivery.State.DEAD, Delivery.Fault.UNKNOWN, "no-answer"),
    ("code", Channel.SMS, Delivery.State.DEAD, Delivery.Fault.EXPIRED, ""),
    ("case-reminder", Channel.SMS, Delivery.State.DEAD, Delivery.Fault.REFUSED, "DEMO_LIMIT"),
)


def write_letters(province: Province, people: list[DemoPerson]) -> None:
    """The outbox as 网厅管理 finds it, and a person who has set up what can be set up."""
    first = people[0]
    clock.set_to(clock.days_ago(9))
    with audit.actor(first.user, command="load_demo"):
        first.user.email = f"{province.key}-person1@example.com"
        first.user.save(update_fields=["email"])
    _set_up(first)
    for place, (occasion, channel, state, fault, answer) in enumerate(_SENT):
        _letter(first.user, f"demo:{province.key}:{place}", occasion, channel, state, fault, answer)


def _set_up(person: DemoPerson) -> None:
    choose_channels(wanted={(Message.Kind.NOTICE, Channel.SMS): True}, by=person.user)
    accounts.agree(by=person.user, address=None, agreements=[BANK])
    account = BankAccount(
        individual=person.individual,
        holder=person.individual.name,
        bank="中国建设银行",
        branch="演示支行",
        account_no=f"62270000000{person.user.pk:08d}",
    )
    accounts.add_bank_account(account=account, by=person.user)


def _letter(user: User, key: str, occasion: str, channel: str, state: str, fault: str, answer: str) -> None:
    at, address = clock.days_ago(8), channels.address_of(user, channel)
    sent = state == Delivery.State.SENT
    resendable = not sent and occasion != "code"
    Delivery.objects.create(
        key=key,
        user=user,
        occasion=occasion,
        channel=channel,
        masked=channels.mask(channel, address),
        address=address if resendable else None,
        content={"title": "演示消息", "body": "演示消息，请忽略。", "template": "", "params": {}}
        if resendable
        else None,
        state=state,
        fault=fault,
        answer=answer,
        attempts=1,
        created_at=at,
        due_at=at,
        claimed_at=at,
        sent_at=at + datetime.timedelta(seconds=2) if sent else None,
    )
