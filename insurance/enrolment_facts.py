"""What the hall knows of somebody who is to be enrolled, read for the rules and for the pages of a case."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone

from accounts.models import VERIFIED_LEVEL, Individual, Unit
from common import codes, crypto, identifiers, parameters, policies
from insurance import claim_rules, enrolment_rules, queries
from insurance.enrolment_rules import BaseLimits, EnrolmentRefused, Found, LastEnrolment
from insurance.models import EnrolmentKind, EnrolmentRequest, InsuredPerson, InsuredUnit, OutboundChange, Retiree
from insurance.months import Month
from insurance.retirement import retirement_day, statutory
from review import matters
from review.matters import CaseValues
from review.models import EDITABLE, RUNNING, Case

# Services that change somebody's enrolment: while one is under way, no other begins.
CHANGING = ("employee-enrolment", "employee-withdrawal", "pension-claim")
PROVISIONAL = "H"


@dataclass(frozen=True)
class Judged:
    """The decision about an ID number: its kind, or why there is none; and whose record it is."""

    kind: EnrolmentKind | None
    person: InsuredPerson | None
    last_ends: date | None = None
    reason: str = ""
    field: str = ""

    def check(self) -> EnrolmentKind:
        """The kind. Raises EnrolmentRefused with the reason."""
        if self.kind is None:
            raise EnrolmentRefused(self.reason, self.field)
        return self.kind


def today() -> date:
    """The day that rules judge by."""
    return timezone.localdate()


def person_key(id_no: str) -> str:
    """唯一办理键 of a cleaned ID number: nobody is enrolled twice at once, by whichever unit."""
    return f"person:{crypto.digest(id_no)}"


def text(values: CaseValues, page: str, name: str) -> str:
    """What was typed into a field; "" for nothing."""
    found = values.get(page, {}).get(name, "")
    return found.strip() if isinstance(found, str) else ""


def pending_words(id_no: str, unit: Unit | None, but: Case | None) -> str:
    """The case that is under way for a person, in words; another unit's is not named. "" for none."""
    digest = crypto.digest(id_no)
    found = Case.objects.filter(
        Q(subject_id_no_digest=digest) | Q(persons__id_no_digest=digest), matter__in=CHANGING, status__in=RUNNING
    )
    case = (found.exclude(pk=but.pk) if but and but.pk else found).order_by("pk").first()
    if case is None:
        return ""
    name = matters.get(case.matter).name
    if unit is not None and case.unit_id == unit.pk:
        return f"有正在办理的“{name}”（{case.number}，{case.get_status_display()}）"
    return f"在其他单位有正在办理的“{name}”"


def is_registered(person: InsuredPerson) -> bool:
    """Whether the core system knows the person, or will: a registration that was revoked before it left does not count."""
    if not person.number.startswith(PROVISIONAL):
        return True
    gone = (OutboundChange.State.CANCELLED, OutboundChange.State.REFUSED)
    registrations = person.outbound_changes.filter(kind=OutboundChange.Kind.REGISTER)
    return registrations.exclude(state__in=gone).exists()


def retires_on(birth: date | None, sex: str, identity: str) -> date | None:
    """The day of the statutory age; None while the birth date is not known."""
    if birth is None:
        return None
    return retirement_day(birth, statutory(claim_rules.usual_group(sex, identity), Month.of(birth)).month)


def judge(unit: Unit, id_type: str, id_no: str, name: str, case: Case | None = None) -> Judged:
    """The decision for a cleaned ID number, as things stand now (domain facts §3.4)."""
    person = InsuredPerson.objects.by_id_no(id_no).first()
    registered = person is not None and is_registered(person)
    birth = person.birth_date if person else identifiers.birth_date(id_type, id_no)
    sex = person.sex if person else identifiers.sex(id_type, id_no) or ""
    last = queries.last_enrolment(person) if person and registered else None
    own = last is not None and InsuredUnit.objects.of_unit(unit).filter(pk=last.unit_id).exists()
    found = Found(
        known=registered,
        name=person.name if person else "",
        died=person is not None and person.died_on is not None,
        retired=person is not None and Retiree.objects.filter(person=person).exists(),
        last=LastEnrolment(last.state, last.end_reason, own, last.ends_on) if last else None,
        pending=pending_words(id_no, unit, case),
        retires_on=retires_on(birth, sex, person.identity if person else ""),
    )
    ends = last.ends_on if last else None
    try:
        return Judged(enrolment_rules.decide(found, name, timezone.localdate()), person, ends)
    except EnrolmentRefused as refused:
        return Judged(None, person, ends, refused.reason, refused.field)


def typed_id_no(values: CaseValues) -> str:
    """The cleaned ID number of the first page; "" while it is none."""
    try:
        return identifiers.clean_id_no(text(values, "identity", "id_type"), text(values, "identity", "id_no"))
    except ValidationError:
        return ""


def judged(case: Case, values: CaseValues) -> Judged | None:
    """The decision for what was typed on the first page; None while that is not complete. Kept with the case object."""
    id_type, name = text(values, "identity", "id_type"), text(values, "identity", "name")
    id_no = typed_id_no(values)
    if not id_no or not name or case.unit is None:
        return None
    kept: dict[tuple[str, ...], Judged] = case.__dict__.setdefault("_judged", {})
    key = (id_type, id_no, name)
    if key not in kept:
        kept[key] = judge(case.unit, id_type, id_no, name, case)
    return kept[key]


def handed_in(case: Case) -> EnrolmentRequest | None:
    """The record of a case that cannot be edited any more: what was decided then is what everybody reads."""
    if case.status in EDITABLE:
        return None
    kept: EnrolmentRequest | None = case.__dict__.get("_handed_in")
    if kept is None:
        kept = case.__dict__["_handed_in"] = EnrolmentRequest.objects.filter(pk=case.pk).first()
    return kept


def kind_of(case: Case, values: CaseValues) -> EnrolmentKind | None:
    """办理类型: as decided at submission, else as it stands; None for none."""
    if record := handed_in(case):
        return EnrolmentKind(record.decision)
    found = judged(case, values)
    return found.kind if found else None


# --- Base ---------------------------------------------------------------------------------------


def limits(region: str, on: date) -> BaseLimits:
    """The limits of the base in a region in the year of a day; last year's average wage is not carried on."""
    wages = policies.by_year("average_wage", region)
    average: Decimal | None = policies.read(wages[on.year]) if on.year in wages else None
    shares = policies.rows_of(("contribution_base_floor", "contribution_base_ceiling"), region, on)
    floor, ceiling = (shares.get(f"contribution_base_{end}") for end in ("floor", "ceiling"))
    return enrolment_rules.base_limits(
        average, policies.read(floor) if floor else None, policies.read(ceiling) if ceiling else None
    )


def limits_of(record: EnrolmentRequest) -> BaseLimits:
    """The limits that apply to a request now."""
    return limits(record.insured_unit.region_id, record.starts_on)


def base_facts(case: Case, values: CaseValues) -> list[tuple[str, str]]:
    """月工资合计 and 缴费基数 in words: as stored once handed in, as typed before."""
    if record := handed_in(case):
        known = BaseLimits(record.base_floor, record.base_ceiling)
        if record.base is None:
            known = limits_of(record)
        return _base_words(record.wage or Decimal(0), known)
    wage = _typed_wage(values)
    unit, starts_on = typed_unit(case, values), parameters.day(f"{text(values, 'insurance', 'starts_on')}-01")
    if wage is None or unit is None or starts_on is None:
        return [("缴费基数", "填写参保信息和工资构成后显示")]
    return _base_words(wage, limits(unit.region_id, starts_on))


def _base_words(wage: Decimal, known: BaseLimits) -> list[tuple[str, str]]:
    words = [("月工资合计", f"{wage:.2f}元")]
    if known.floor is not None and known.ceiling is not None:
        words.append(("缴费基数上下限", f"{known.floor:.2f}元至{known.ceiling:.2f}元（上年度平均工资的规定比例）"))
    return [*words, ("缴费基数", enrolment_rules.base_words(wage, known))]


def _typed_wage(values: CaseValues) -> Decimal | None:
    amounts = [text(values, "wages", name) for name in ("post_wage", "grade_wage", "allowance", "performance")]
    try:
        parts = [Decimal(amount) for amount in amounts if amount]
    except ArithmeticError:
        return None
    if not amounts[0] or not all(part.is_finite() for part in parts):
        return None
    return enrolment_rules.total_wage(parts)


def own_units(unit: Unit) -> list[InsuredUnit]:
    """The institution's insured units that take part in the pension scheme of government units."""
    return [one for one in queries.insured_units(unit) if _takes_part(one)]


def _takes_part(unit: InsuredUnit) -> bool:
    return unit.insurances.filter(kind=codes.GOVERNMENT_PENSION, state="active").exists()


def typed_unit(case: Case, values: CaseValues) -> InsuredUnit | None:
    """The insured unit that was chosen, or the only one."""
    if case.unit is None:
        return None
    found = own_units(case.unit)
    if len(found) == 1:
        return found[0]
    chosen = text(values, "insurance", "insured_unit")
    return next((one for one in found if str(one.pk) == chosen), None)


def identity_is_held(case: Case, values: CaseValues) -> str:
    """免提交: who is registered already, or verified in the hall, hands in no copy (国务院令第716号 第七条)."""
    kind = kind_of(case, values)
    if kind in (EnrolmentKind.ENROL, EnrolmentKind.RESUME):
        return "已登记参保人员，身份证件免提交"
    id_no = typed_id_no(values)
    verified = (
        id_no and Individual.objects.filter(id_no_digest=crypto.digest(id_no), level__gte=VERIFIED_LEVEL).exists()
    )
    return "本人已通过实名核验，身份证件免提交" if verified else ""


def held_values(person: InsuredPerson | None) -> dict[str, Any]:
    """关键信息 that the hall holds of a person, which is not typed again."""
    if person is None:
        return {}
    held = {
        "sex": person.sex,
        "birth_date": person.birth_date,
        "nation": person.nation,
        "work_started_on": person.work_started_on,
    }
    return {name: value for name, value in held.items() if value}
