"""What the network says about a person or a legal person, checked before anything is believed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError

from accounts.models import VERIFIED_LEVEL, RealNameLevel
from accounts.portal import UNIT
from accounts.sso.refusals import ClaimsIncomplete, RealNameRequired
from common import codes, crypto, identifiers

# Names that a network gives to an agent who may manage the unit; everybody else is 经办人.
SUPERVISOR_ROLES = frozenset(
    {"法定代表人", "管理员", "单位主管", "主管", "legal_representative", "administrator", "admin", "supervisor"}
)
OTHER_LEGAL_PERSON = "09"


@dataclass(frozen=True, slots=True)
class PersonClaims:
    """A natural person; ``level`` is 3 to 5 of RealNameLevel, ``mobile`` may be empty."""

    sub: str
    name: str
    id_type: str
    id_no: str
    mobile: str
    level: int

    @property
    def id_digest(self) -> str:
        """The ID number as the blind indexes hold it."""
        return crypto.digest(self.id_no)

    @property
    def uid(self) -> str:
        """What the link to the hall's account is kept under."""
        return self.sub


@dataclass(frozen=True, slots=True)
class LegalPersonClaims:
    """A legal person and the agent (经办人) who signs in for it; ``mobile`` and ``legal_representative`` may be empty."""

    sub: str
    name: str
    uscc: str
    legal_person_type: str
    legal_representative: str
    agent_name: str
    agent_id_no: str
    agent_mobile: str
    agent_is_supervisor: bool
    level: int

    @property
    def id_digest(self) -> str:
        """The agent's ID number as the blind indexes hold it."""
        return crypto.digest(self.agent_id_no)

    @property
    def uid(self) -> str:
        """Several agents may share the unit's one network account: each has a link of his own."""
        return f"{self.sub}:{self.id_digest[:32]}"


Claims = PersonClaims | LegalPersonClaims


class _Reader:
    """Reads claims by the hall's names; ``names`` says what the network calls them."""

    def __init__(self, data: Mapping[str, Any], names: Mapping[str, str]) -> None:
        self.data, self.names = data, names

    def optional(self, name: str) -> str:
        value = self.data.get(self.names.get(name, name))
        return str(value).strip() if isinstance(value, str | int) else ""

    def required(self, name: str) -> str:
        if not (value := self.optional(name)):
            raise ClaimsIncomplete(f"claim {name} is missing")
        return value

    def level(self) -> int:
        """The real-name level (实名等级 1–5). Raises RealNameRequired below 3."""
        text = self.required("auth_level")
        if not text.isdecimal() or int(text) not in RealNameLevel.values:
            raise ClaimsIncomplete("claim auth_level is not 1 to 5")
        if int(text) < VERIFIED_LEVEL:
            raise RealNameRequired
        return int(text)

    def id_no(self, name: str, id_type: str) -> str:
        try:
            return identifiers.clean_id_no(id_type, self.required(name))
        except ValidationError as error:
            raise ClaimsIncomplete(f"claim {name} is not valid") from error

    def mobile(self, name: str) -> str:
        """An unreadable number is left out: it identifies nobody."""
        try:
            return identifiers.clean_mobile(self.optional(name))
        except ValidationError:
            return ""


def _person(reader: _Reader) -> PersonClaims:
    level = reader.level()
    id_type = reader.optional("id_type") or codes.RESIDENT_ID
    if id_type not in codes.ID_TYPE:
        raise ClaimsIncomplete("claim id_type is not a code of AAC058")
    return PersonClaims(
        sub=reader.required("sub"),
        name=reader.required("name")[:64],
        id_type=id_type,
        id_no=reader.id_no("id_no", id_type),
        mobile=reader.mobile("mobile"),
        level=level,
    )


def _legal_person_type(text: str) -> str:
    """The code for a code or a title; 其他 for what the list does not know."""
    by_title = {title: code for code, title in codes.LEGAL_PERSON_TYPE}
    return text if text in codes.LEGAL_PERSON_TYPE else by_title.get(text, OTHER_LEGAL_PERSON)


def _legal_person(reader: _Reader) -> LegalPersonClaims:
    level = reader.level()
    try:
        uscc = identifiers.clean_uscc(reader.required("uscc"))
    except ValidationError as error:
        raise ClaimsIncomplete("claim uscc is not valid") from error
    return LegalPersonClaims(
        sub=reader.required("sub"),
        name=reader.required("corp_name")[:128],
        uscc=uscc,
        legal_person_type=_legal_person_type(reader.optional("corp_type")),
        legal_representative=reader.optional("legal_rep_name")[:64],
        agent_name=reader.required("agent_name")[:64],
        agent_id_no=reader.id_no("agent_id_no", codes.RESIDENT_ID),
        agent_mobile=reader.mobile("agent_mobile"),
        agent_is_supervisor=reader.optional("agent_role").lower() in SUPERVISOR_ROLES,
        level=level,
    )


def read_claims(portal: str, data: Mapping[str, Any], names: Mapping[str, str]) -> Claims:
    """The claims of ``portal``'s client. ``names`` maps the hall's names of claims to the network's.

    Raises ClaimsIncomplete or RealNameRequired.
    """
    reader = _Reader(data, names)
    return _legal_person(reader) if portal == UNIT else _person(reader)
