"""What was typed in a claim so far, read for the rules: of drafts, so everything may be missing or nonsense."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from common import codes, parameters
from insurance import claim_rules, figures
from insurance.claim_rules import ClaimRefused
from insurance.dossier import Dossier, Total, open_dossier, people_of
from insurance.life import first_overlap
from insurance.months import Month
from insurance.retirement import Group
from review import submission
from review.matters import CaseValues, RowFault
from review.models import Case


@dataclass(frozen=True)
class Typed:
    """The typed values of a claim."""

    values: CaseValues

    def text(self, page: str, name: str) -> str:
        """What was typed into a field; "" for nothing."""
        found = self.values.get(page, {}).get(name, "")
        return found.strip() if isinstance(found, str) else ""

    def rows(self, page: str) -> list[dict[str, Any]]:
        """The rows of a page."""
        found: list[dict[str, Any]] = self.values.get(page, {}).get("rows", [])
        return found

    @property
    def kind(self) -> str:
        return self.text("claimant", "kind")

    @property
    def group(self) -> str:
        """原法定退休年龄; "" for none that exists."""
        found = self.text("claimant", "age_group")
        return found if found in [group.value for group in Group] else ""

    @property
    def retired_on(self) -> date | None:
        return parameters.day(self.text("claimant", "retired_on"))

    @property
    def work_started_on(self) -> date | None:
        return parameters.day(self.text("basics", "work_started_on"))

    @property
    def is_official(self) -> bool:
        """公务员、参公、管理人员或担任领导职务 as typed: they retire on time."""
        identity = self.text("basics", "identity")
        return identity in (*claim_rules.CIVIL_SERVANTS, claim_rules.MANAGERS) or bool(self.text("basics", "is_leader"))

    def life(self) -> tuple[date, date] | None:
        """From 参加工作 to 退休; None while one of them is not known."""
        started, retired = self.work_started_on, self.retired_on
        return (started, retired) if started and retired else None

    def adjusted(self) -> tuple[int, int]:
        """Months of 核增 and of 核减."""
        sums = {"added": 0, "deducted": 0}
        for row, first, last in self._months("adjustments"):
            if row.get("kind") in sums and first <= last:
                sums[row["kind"]] += last - first + 1
        return sums["added"], sums["deducted"]

    def _months(self, page: str) -> Iterator[tuple[dict[str, Any], Month, Month]]:
        for row in self.rows(page):
            try:
                yield row, Month.parse(str(row.get("starts_on", ""))), Month.parse(str(row.get("ends_on", "")))
            except ValueError:
                continue

    def stretches(self, page: str) -> list[tuple[date, date, str]]:
        """First and last day of each row with its key; rows without a readable start are left out, an empty end is open."""
        found = []
        for row in self.rows(page):
            first = _day(row.get("starts_on"))
            last = _day(row.get("ends_on")) if row.get("ends_on") else date.max
            if first and last and first <= last:
                found.append((first, last, row["key"]))
        return found


def _day(text: Any) -> date | None:
    """A day, or the first day of a month, as typed."""
    typed = str(text or "")
    return parameters.day(f"{typed}-01" if len(typed) == len("2014-10") else typed)


def dossier_of(case: Case, values: CaseValues) -> Dossier | None:
    """The dossier of who was chosen; None while nobody of the unit's people is."""
    chosen = parameters.whole_number(Typed(values).text("claimant", "person"))
    if chosen is None or case.unit is None:
        return None
    kept = case.__dict__.get("_dossiers", {}).get(chosen)
    if kept is None:
        person = people_of(case.unit).filter(pk=chosen).first()
        kept = open_dossier(case.unit, person, case) if person else None
    return kept


def total_of(dossier: Dossier, typed: Typed) -> Total:
    """The months that count, with 核增 and 核减 as typed."""
    return dossier.total(typed.work_started_on, *typed.adjusted())


# --- Lists as a whole --------------------------------------------------------------------------


def _apart(typed: Typed, page: str, sentence: str) -> list[RowFault]:
    stretches = typed.stretches(page)
    pair = first_overlap(stretches)
    if pair is None:
        return []
    order = [row["key"] for row in typed.rows(page)]
    places = sorted(order.index(key) + 1 for key in pair)
    # Told at the row further down: it is the newer one.
    return [
        RowFault(f"{sentence}（第{places[0]}条与第{places[1]}条），请修改起止时间", order[places[1] - 1], "starts_on")
    ]


def check_adjustments(case: Case, values: CaseValues) -> list[RowFault]:
    """Periods are apart (JX 7.1.3 rule 2), and all months together reach the minimum (rule 1)."""
    typed, dossier = Typed(values), dossier_of(case, values)
    faults = _apart(typed, "adjustments", "核增核减的时间段不能重复")
    if dossier is None or not typed.retired_on or not typed.group:
        return faults
    try:
        check_contributions(dossier, typed)
    except ClaimRefused as refused:
        faults.append(RowFault(refused.reason))
    return faults


def check_contributions(dossier: Dossier, typed: Typed) -> None:
    """Raise ClaimRefused where the months are too few, or a flexible month is not open with them."""
    retired_on = typed.retired_on
    if retired_on is None or not typed.group:
        return
    total = total_of(dossier, typed).months
    needed = dossier.needed(typed.group, retired_on)
    claim_rules.check_total(total, needed, min(retired_on.year, dossier.statutory_year(typed.group)))
    if typed.kind in claim_rules.FLEXIBLE:
        facts = dossier.facts(typed.group, official=typed.is_official)
        claim_rules.check_choice(Month.of(retired_on), total, facts, dossier.law)


def check_special_works(case: Case, values: CaseValues) -> list[RowFault]:
    """Periods are apart; who retires by 特殊工种 did it long enough."""
    typed, dossier = Typed(values), dossier_of(case, values)
    faults = _apart(typed, "special_works", "特殊工种的时间段不能重复")
    if typed.kind == claim_rules.SPECIAL and dossier is not None:
        works = [_Work(row["kind"], first, last) for row, first, last in _typed_works(typed)]
        try:
            claim_rules.check_special(claim_rules.special_months(works), dossier.law.special_months)
        except ClaimRefused as refused:
            faults.append(RowFault(refused.reason))
    return faults


@dataclass(frozen=True)
class _Work:
    kind: str
    starts_on: date
    ends_on: date


def _typed_works(typed: Typed) -> Iterator[tuple[dict[str, Any], date, date]]:
    rows = {row["key"]: row for row in typed.rows("special_works")}
    for first, last, key in typed.stretches("special_works"):
        if last != date.max and rows[key].get("kind"):
            yield rows[key], first, last


def check_rank_changes(case: Case, values: CaseValues) -> list[RowFault]:
    """Periods are apart, and in 2014 to 2024 there is not more than one change a year (JX 7.1.5 rules 2, 3)."""
    typed, dossier = Typed(values), dossier_of(case, values)
    faults = _apart(typed, "rank_changes", "职务升降的时间段不能重复")
    stretches = typed.stretches("rank_changes")
    limits = figures.rank_changes(dossier.region if dossier else "", {first.year for first, _, _ in stretches})
    for year in claim_rules.years_changed_too_often([first for first, _, _ in stretches], limits):
        newest = max((stretch for stretch in stretches if stretch[0].year == year), key=_typed_order(typed))
        words = f"{year}年的职务升降不能超过{limits[year]}次，请核对升降日期"
        faults.append(RowFault(words, newest[2], "starts_on"))
    return faults


def _typed_order(typed: Typed) -> Any:
    order = [row["key"] for row in typed.rows("rank_changes")]
    return lambda stretch: order.index(stretch[2])


# --- What the hall holds ------------------------------------------------------------------------


def values_of(case: Case) -> CaseValues:
    """The typed values of a case, or those of its last submission once it cannot be edited any more."""
    kept: CaseValues | None = case.__dict__.get("_claim_values")
    if kept is None:
        kept = case.__dict__["_claim_values"] = submission.current_values(case)
    return kept


def held(case: Case) -> CaseValues:
    """What the hall knows of the chosen person, as it would be typed (JX 7.1.3: loaded at the first time)."""
    dossier = dossier_of(case, submission.load_values(case))
    if dossier is None:
        return {}
    person = dossier.person
    identity = {"301": "1", "303": "5"}.get(person.identity, "")
    rank = codes.RANK.code_of(person.rank) if person.rank else None
    basics = {
        "work_started_on": person.work_started_on.isoformat() if person.work_started_on else "",
        "identity_2014": identity,
        "identity": identity,
    }
    return {
        "basics": {name: value for name, value in basics.items() if value},
        "wages": {"rank": rank} if rank else {},
        "bank": {"account_holder": person.name},
    }
