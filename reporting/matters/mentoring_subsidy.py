"""就业见习带教补贴 (C12): once per unit and year, where enough of those who completed the internship were kept."""

from typing import Any

from django.urls import reverse
from django.utils import timezone

from accounts.models import Individual, Unit, User
from reporting import claims_actions, claims_forms, claims_queries, payments_queries, publicity
from reporting.claims import Year, YearPerson, explain_year
from reporting.matters.claims import PUBLICITY, ClaimMatter, remembered
from reporting.matters.common import LEGAL_BASIS
from reporting.models import MentoringPerson, MentoringSubsidyClaim
from review import submission
from review.matters import (
    AnyPage,
    CaseValues,
    Grid,
    GridRow,
    Guide,
    Info,
    Page,
    Problems,
    Slot,
    StartRefused,
    register,
)
from review.models import EDITABLE, Case, Status


@register
class MentoringSubsidyMatter(ClaimMatter):
    """就业见习带教补贴管理 (C12; JL). The key is kept while the approval stands: one per unit and year."""

    code = claims_queries.MENTORING_MATTER
    name = "就业见习带教补贴申领"
    prefix = "JXDJ"
    record = MentoringSubsidyClaim
    keeps_key = True
    guide = Guide(
        who="见习期满留用率达到50%以上（以当地政策为准），与留用人员签订1年以上劳动合同并为其缴纳社会保险的见习单位，"
        "在年度结束后申领。",
        materials=("留用人员名单（系统生成，盖章后上传）", "劳动合同", "社保缴费证明"),
        time_limit="县（市、区）初审5个工作日，市复审5个工作日；公示和拨付另计",
        legal_basis=LEGAL_BASIS,
        steps=(
            "选择申请年度，核对期满和留用人员",
            "选择收款账户，核对本次核定",
            "上传材料",
            "县（市、区）初审、市复审",
        ),
        result=PUBLICITY,
    )
    slots = (
        Slot("roster", "留用人员名单（盖章）", required=True, hint="请先打印本页提供的名单，盖章后扫描或拍照上传"),
        Slot("contracts", "劳动合同", required=True, hint="与留用人员签订的一年以上劳动合同"),
        Slot("insurance", "社保缴费证明", required=True, hint="单位为留用人员缴纳社会保险的证明"),
        Slot("other", "其他材料"),
    )

    def check_start(self, actor: User, subject: Individual | Unit) -> None:
        super().check_start(actor, subject)
        if isinstance(subject, Unit) and not claims_queries.years_to_claim(subject, timezone.localdate()):
            raise StartRefused("没有可申领的年度：带教补贴在年度结束后，按该年度见习期满和留用的人员申领")

    def key(self, case: Case, values: CaseValues) -> str | None:
        year = claims_forms.year_of(values)
        return f"unit:{case.unit_id}:{year}" if year else None

    def prefill(self, case: Case) -> CaseValues:
        years = claims_queries.years_to_claim(case.unit, timezone.localdate())
        open_years = (year for year in years if not claims_queries.year_of(case.unit, year).refusal)
        year = next(open_years, None)
        return {**({"year": {"year": str(year)}} if year else {}), **self.account(case)}

    def pages(self, case: Case, values: CaseValues) -> list[AnyPage]:
        return [
            Page("year", "申请年度", claims_forms.YearForm, intro="留用率按全年计算，年度结束后申领，每个年度一次。"),
            Grid(
                "people",
                "年度人员",
                ("姓名", "见习岗位", "见习期限"),
                (),
                rows=_rows,
                check=lambda row, typed: {},
                result="期满和留用",
                compute=lambda row, typed: row.subject.words,
                intro="按审核通过的减员申请和留用登记列出；有误的，请先更正减员申请。",
            ),
            Page("account", "收款账户", claims_forms.MentoringAccountForm),
            Info("figures", "本次核定", _facts, intro="由系统按政策计算，不能填写；金额以审核为准。"),
        ]

    def check(self, case: Case, values: CaseValues, record: Any) -> Problems:
        found = _year(case, values)
        if found is None:
            return {"year": "请选择申请年度"}
        if found.refusal:
            return {"year.year": found.refusal}
        record.completed_count, record.people_count = found.completed_count, found.retained_count
        record.standard, record.amount = found.rules.amount, found.amount
        record.explanation = found.explanation
        return {}

    def subject(self, case: Case, record: Any) -> tuple[str, str]:
        return f"{record}带教补贴", ""

    def on(self, transition: str, case: Case, record: Any, by: User | None) -> None:
        if transition == "submit" and by is not None:
            claims_actions.claim_year(case=case, record=record, by=by)
        elif transition == "approve" and case.status == Status.APPROVED and by is not None:
            retained = [*record.people.filter(retained=True).select_related("placement")]
            publicity.open_publicity(case=case, region=case.region_code, entries=retained, by=by)
        elif transition in ("withdraw", "reject", "revoke", "close", "lapse"):
            publicity.withdraw_publicity(case=case, reason="撤销申领", by=by)
            claims_actions.free_year(record=record, by=by)

    def outcome(self, case: Case) -> str:
        record = getattr(case, "mentoringsubsidyclaim_record", None)
        if record is None:
            return ""
        return payments_queries.with_payment(f"留用{record.people_count}人，核定{record.amount}元", case)

    def next_words(self, case: Case) -> str:
        return f"县（市、区）初审和市复审各5个工作日。{PUBLICITY}"

    def review_panels(self, case: Case) -> list[tuple[str, dict[str, Any]]]:
        record = MentoringSubsidyClaim.objects.filter(pk=case.pk).first()
        if record is None:
            return []
        return [("reporting/mentoring_panel.html", {"record": record, "lines": explain_year(record.explanation)})]


def _year(case: Case, values: CaseValues) -> Year | None:
    """The people of the chosen year while the claim can be edited."""
    year = claims_forms.year_of(values)
    if year is None or case.unit is None:
        return None
    return remembered(case, ("year", year), lambda: claims_queries.year_of(case.unit, year, case))


def people_of(case: Case, values: CaseValues) -> list[YearPerson]:
    """Those of the year, as they were counted when the claim was handed in."""
    if case.status in EDITABLE:
        found = _year(case, values)
        return sorted(found.people, key=_by_name) if found else []
    rows = MentoringPerson.objects.filter(claim_id=case.pk).select_related("end__placement__position")
    return sorted((YearPerson(row.end, row.counted_on, row.reason) for row in rows), key=_by_name)


def _by_name(person: YearPerson) -> tuple[str, int]:
    return person.end.placement.name, person.end.placement_id


def _rows(case: Case, values: CaseValues) -> list[GridRow]:
    return [_row(person) for person in people_of(case, values)]


def _row(person: YearPerson) -> GridRow:
    placement = person.end.placement
    term = f"{placement.starts_on}至{person.end.ended_on}"
    url = reverse("reporting:placement", args=[placement.pk])
    return GridRow(str(placement.pk), (placement.name, placement.position.name, term), {}, person, url)


def _facts(case: Case) -> list[tuple[str, str]]:
    if case.status not in EDITABLE and (record := MentoringSubsidyClaim.objects.filter(pk=case.pk).first()):
        rate = record.explanation.get("rate", "")
        return _words(record.year, record.completed_count, record.people_count, rate, record.standard, record.amount)
    found = _year(case, submission.current_values(case))
    if found is None:
        return [("申请年度", "请先选择申请年度")]
    if found.refusal:
        return [("申请年度", f"{found.year}年"), ("不能申领", found.refusal)]
    counts = (found.completed_count, found.retained_count)
    return _words(found.year, *counts, found.rate_words, found.rules.amount, found.amount)


def _words(year: int, completed: int, retained: int, rate: str, standard: Any, amount: Any) -> list[tuple[str, str]]:
    return [
        ("申请年度", f"{year}年"),
        ("期满人数", f"{completed}人"),
        ("留用人数", f"{retained}人"),
        ("留用率", rate),
        ("每人标准", f"{standard}元"),
        ("核定金额", f"{amount}元"),
    ]
