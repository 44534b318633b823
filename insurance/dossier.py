"""Everything the hall knows about somebody who retires, read once for all pages of a claim."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import Unit
from common import codes
from insurance import claim_rules, figures, queries
from insurance.claim_rules import ClaimRefused, Facts
from insurance.life import Span, spans
from insurance.models import Enrolment, FlexibleChoice, InsuredPerson, InsuredUnit, PensionClaim, Retiree
from insurance.months import Month, duration_text
from insurance.pension import REFORM, ContributionYear
from insurance.retirement import Group
from insurance.tokens import query_tokens
from review.models import Case


def people_of(unit: Unit) -> QuerySet[InsuredPerson]:
    """Who is or was insured through an institution: nobody else can be named in its claims."""
    mine = InsuredUnit.objects.of_unit(unit).values("pk")
    found = Enrolment.objects.filter(unit__in=mine, kind=codes.GOVERNMENT_PENSION).values("person")
    return InsuredPerson.objects.filter(pk__in=found)


def enrolment_in(unit: Unit, person: InsuredPerson) -> Enrolment | None:
    """The person's enrolment through the institution that has not ended."""
    mine = InsuredUnit.objects.of_unit(unit).values("pk")
    found = Enrolment.objects.filter(unit__in=mine, kind=codes.GOVERNMENT_PENSION, person=person).exclude(
        state=Enrolment.State.ENDED
    )
    return found.select_related("unit__region").order_by("-starts_on").first()


@dataclass(frozen=True)
class Total:
    """How the months that count come about (matters E6.3)."""

    paid: int
    deemed: int
    added: int
    deducted: int
    deemed_basis: str

    @property
    def months(self) -> int:
        return max(0, self.paid + self.deemed + self.added - self.deducted)

    @property
    def words(self) -> str:
        """The sum as a sentence."""
        return (
            f"实际缴费{self.paid}个月 + 视同缴费{self.deemed}个月（{self.deemed_basis}）"
            f" + 核增{self.added}个月 − 核减{self.deducted}个月 = {duration_text(self.months)}"
        )


@dataclass
class Dossier:
    """A person as the hall knows him, with what the region says; every part is read when it is first asked for."""

    person: InsuredPerson
    enrolment: Enrolment | None
    case: Case | None = None

    @property
    def unit(self) -> InsuredUnit | None:
        """The insured unit whose people he belongs to."""
        return self.enrolment.unit if self.enrolment else None

    @property
    def region(self) -> str:
        """Code of the place of insurance (参保地); "" for nobody's."""
        return str(self.unit.region_id) if self.unit else ""

    @cached_property
    def law(self) -> figures.Law:
        return figures.law(self.region, timezone.localdate())

    @cached_property
    def history(self) -> list[queries.HistoryYear]:
        return queries.history(self.person)

    @cached_property
    def arrears(self) -> queries.Arrears:
        return queries.person_arrears(self.person)

    @cached_property
    def retiree(self) -> Retiree | None:
        return Retiree.objects.filter(person=self.person).first()

    @cached_property
    def other_claim(self) -> PensionClaim | None:
        """Another live claim for the person, by whichever unit."""
        found = PensionClaim.objects.filter(person=self.person, live=True).select_related("case")
        return (found.exclude(pk=self.case.pk) if self.case and self.case.pk else found).first()

    @cached_property
    def choice(self) -> FlexibleChoice | None:
        """The flexible retirement that is in force."""
        return FlexibleChoice.objects.filter(person=self.person, ended_at__isnull=True).select_related("case").first()

    @property
    def is_civil_servant(self) -> bool:
        return self.person.identity == "301"

    def facts(self, group: str, *, work_started_on: date | None = None, official: bool | None = None) -> Facts:
        """What the rules need; what a later page says wins over what the hall holds."""
        return Facts(
            birth=self.person.birth_date,
            group=Group(group),
            work_started_on=work_started_on or self.person.work_started_on,
            official=self.is_civil_servant if official is None else official,
            civil_servant=self.is_civil_servant,
        )

    def check_person(self) -> None:
        """Raise ClaimRefused where nothing that is typed would help (JX 7.1.1, 7.1.3 rule 3)."""
        if self.retiree is not None:
            raise ClaimRefused(f"{self.person.name}已于{self.retiree.retired_on:%Y年%-m月%-d日}退休，不能重复申领")
        if self.person.died_on is not None:
            raise ClaimRefused(f"{self.person.name}已登记死亡，请到经办窗口办理")
        if self.enrolment is None:
            raise ClaimRefused(f"{self.person.name}不是本单位在职参保人员，不能申领")
        if self.arrears:
            raise ClaimRefused(
                f"{self.person.name}存在应缴未缴：{self.arrears.first:%Y年%-m月}至{self.arrears.last:%Y年%-m月}"
                f"共{self.arrears.months}个月、{self.arrears.amount:.2f}元，请先补缴后再申领"
            )
        if self.other_claim is not None:
            raise ClaimRefused(
                f"{self.person.name}已有养老金申领（{self.other_claim.case.number}，"
                f"{self.other_claim.case.get_status_display()}），不能重复申领"
            )

    # --- Months ---------------------------------------------------------------------------------

    @cached_property
    def paid(self) -> list[Span]:
        """Stretches that were paid."""
        return spans((m.month for y in self.history for m in y.months if m.state == queries.MonthState.PAID), "缴费")

    @property
    def owed(self) -> list[Span]:
        """应缴未缴."""
        return spans(
            (m.month for y in self.history for m in y.months if m.state == queries.MonthState.OWED), "应缴未缴"
        )

    @property
    def gaps(self) -> list[Span]:
        """Months in between in which nothing was due."""
        return spans((m.month for y in self.history for m in y.months if m.state == queries.MonthState.GAP), "中断")

    def deemed(self, work_started_on: date | None) -> tuple[int, str]:
        """Deemed months before 2014-10, and where the number comes from."""
        if self.person.deemed_months is not None:
            return self.person.deemed_months, "经办机构已认定"
        started = work_started_on or self.person.work_started_on
        if started is None:
            return 0, "尚未认定"
        earlier = sum(span.months for span in self.paid if span.last < REFORM)
        return max(0, REFORM - Month.of(started) - earlier), "按参加工作日期推算，以经办机构认定为准"

    def total(self, work_started_on: date | None = None, added: int = 0, deducted: int = 0) -> Total:
        """Paid and deemed months with what was added and deducted."""
        deemed, basis = self.deemed(work_started_on)
        return Total(sum(span.months for span in self.paid), deemed, added, deducted, basis)

    def needed(self, group: str, retired_on: date) -> int:
        """The minimum contribution: of the chosen month's year when early, of the statutory one's otherwise."""
        person = claim_rules.statutory_of(self.facts(group), self.law)
        return figures.minimum_months(self.region, min(Month.of(retired_on), person.month))

    def statutory_year(self, group: str) -> int:
        """The year of the statutory retirement."""
        return claim_rules.statutory_of(self.facts(group), self.law).month.year

    def contribution_years(self) -> tuple[ContributionYear, ...]:
        """Paid years as the estimate takes them."""
        return tuple(ContributionYear(y.year, y.base, y.paid) for y in self.history if y.paid and y.base)


def open_dossier(unit: Unit, person: InsuredPerson, case: Case | None = None) -> Dossier:
    """The dossier of one of an institution's people; kept with the case, for every page of the path is judged anew."""
    kept: dict[int, Dossier] = case.__dict__.setdefault("_dossiers", {}) if case else {}
    if person.pk not in kept:
        kept[person.pk] = Dossier(person, enrolment_in(unit, person), case)
    return kept[person.pk]


def search_people(unit: Unit, text: str) -> QuerySet[Enrolment]:
    """People in service whose name contains the text or whose 个人代码 begins with it, by number."""
    mine = queries.insured_units(unit)
    found = Enrolment.objects.filter(unit__in=mine, kind=codes.GOVERNMENT_PENSION).exclude(state=Enrolment.State.ENDED)
    if text:
        by_name = Q(pk__in=[])
        for insured in mine:
            if tokens := query_tokens(insured.pk, text):
                by_name |= Q(tokens__contains=tokens)
        found = found.filter(Q(person_number__startswith=text.upper()) | by_name)
    return found.select_related("person", "unit").order_by("person_number", "pk")


__all__ = ["Dossier", "Total", "enrolment_in", "open_dossier", "people_of", "search_people"]
