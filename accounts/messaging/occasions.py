"""On which occasions the hall writes to somebody, with the words that ship.

Each app declares its occasions in its own ``occasions.py`` (found when the apps are ready) and sends
with ``accounts.messaging.actions.send_message``. Staff reword them (``MessageTemplate``); {名称} in title
and body stands for a value that the sender gives.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.utils.module_loading import autodiscover_modules

from accounts.messaging.models import Message, MessageTemplate

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
TITLE_LENGTH, BODY_LENGTH = 128, 2000


@dataclass(frozen=True)
class Occasion:
    """When a message is sent (``name``), its category, the shipped words, and its placeholders with a sample each.

    ``needed`` names placeholders without which the message is worthless, such as a code.
    """

    code: str
    name: str
    kind: str
    title: str
    body: str
    samples: Mapping[str, str] = field(default_factory=dict)
    needed: tuple[str, ...] = ()


_occasions: dict[str, Occasion] = {}


def register(*occasions: Occasion) -> None:
    """Declare occasions; their shipped words must pass the checks that staff's words pass."""
    for occasion in occasions:
        if _occasions.setdefault(occasion.code, occasion) != occasion:
            raise ValueError(f"occasion declared twice: {occasion.code}")
        check(occasion, occasion.title, occasion.body)


def load() -> None:
    """Find every app's occasions; called once when the apps are ready."""
    autodiscover_modules("occasions")


def get(code: str) -> Occasion:
    """The occasion of this code; raises KeyError for an unknown one."""
    return _occasions[code]


def all_occasions() -> Iterable[Occasion]:
    """All occasions in the order of declaration."""
    return _occasions.values()


def fill(text: str, values: Mapping[str, object]) -> str:
    """``text`` with its placeholders filled; a value is never read as a placeholder itself."""
    return _PLACEHOLDER.sub(lambda found: str(values.get(found[1], "")), text)


def _complaints(occasion: Occasion, text: str) -> list[str]:
    known = "、".join(f"{{{name}}}" for name in occasion.samples) or "（没有）"
    unknown = [name for name in _PLACEHOLDER.findall(text) if name not in occasion.samples]
    found = [f"“{{{name}}}”不是本场合可用的占位符，可用的有：{known}" for name in dict.fromkeys(unknown)]
    if re.search(r"[{}]", _PLACEHOLDER.sub("", text)):
        found.append("花括号没有成对，占位符应写作{名称}")
    return found


def check(occasion: Occasion, title: str, body: str) -> None:
    """Raise ValidationError by field when words cannot be filled in for this occasion."""
    errors = {name: _complaints(occasion, text) for name, text in (("title", title), ("body", body))}
    used = set(_PLACEHOLDER.findall(body))
    errors["body"] += [f"内容必须包含占位符“{{{name}}}”" for name in occasion.needed if name not in used]
    if found := {name: words for name, words in errors.items() if words}:
        raise ValidationError(found)


@dataclass(frozen=True)
class Words:
    """A message as it is read, and the number of its template at the gateway."""

    title: str
    body: str
    sms_template: str = ""


def words(code: str, values: Mapping[str, object]) -> Words:
    """Title and body for an occasion: the staff's words where there are any, else the shipped ones."""
    occasion = get(code)
    row = MessageTemplate.objects.filter(occasion=code).first()
    title, body = (row.title, row.body) if row else (occasion.title, occasion.body)
    return Words(
        fill(title, values)[:TITLE_LENGTH],
        fill(body, values).strip()[:BODY_LENGTH],
        row.sms_template if row else "",
    )


def is_code(code: str) -> bool:
    """Whether messages of this occasion carry a code."""
    return get(code).kind == Message.Kind.CODE
