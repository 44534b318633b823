"""就业见习生活费补贴 (C11): approved person-months, each claimed once."""

from typing import Any

from django.urls import reverse

from accounts.models import Individual, Unit, User
from common.sheets.columns import YesNo
from reporting import claims_actions, claims_forms, claims_queries, payments_queries, publicity
from reporting.claims import Offer, Total, standards, total
from reporting.matters.claims import PUBLICITY, ClaimMatter, remembered
from reporting.matters.common import LEGAL_BASIS
from reporting.models import LivingSubsidyClaim, Placement
from review import grids, submission
from review.matters import (
    AnyPage,
    CaseValues,
    Grid,
    GridRow,
    Guide,
    Info,
    Page,
    PageValues,
    Problems,
    Slot,
    StartRefused,
    register,
)
from review.models import EDITABLE, Case, Status

YES = "是"
NOT_CLAIMED = "本次不申领"
NAMES_SHOWN = 20


def _no_insurance(case: Case, values: CaseValues) -> str:
    """免提交 where no insurance is claimed."""
    return "" if claims_forms.with_insurance(values) else "本次未申领保险补贴，免提交"


@register
class LivingSubsidyMatter(ClaimMatter):
    """就业见习生活费补贴管理 (C11; JL)."""

    code = claims_queries.LIVING_MATTER
    name = "就业见习生活费补贴申领"
    prefix = "JXSH"
    record = LivingSubsidyClaim
    guide = Guide(
        who="见习单位申请和就业见习月报已审核通过、见习人员至少参加了三个月见习的见习单位；提前结束的人员按当地政策。",
        materials=(
            "补贴申请表、人员名册（系统生成，盖章后上传）",
            "生活费发放明细或银行回单",
            "申领保险补贴的：保险发票",
        ),
        time_limit="县（市、区）初审5个工作日，市复审5个工作日；公示和拨付另计",
        legal_basis=LEGAL_BASIS,
        steps=(
            "选择起止月份，核对可申领的人员和月份",
            "选择收款账户，核对系统计算的本次核定",
            "打印申请表和人员名册，盖章后上传",
            "县（市、区）初审、市复审",
        ),
        result=PUBLICITY,
    )
    slots = (
        Slot(
            "application_form",
            "补贴申请表（盖章）",
            required=True,
            hint="请先打印本页提供的申请表，盖章后扫描或拍照上传",
        ),
        Slot("roster", "人员名册（盖章）", required=True, hint="请先打印本页提供的人员名册，盖章后扫描或拍照上传"),
        Slot("payment", "发放明细或银行回单", required=True, hint="申领月份的生活费发放明细账（单）或银行回单"),
        Slot("invoice", "保险发票", required=True, hint="申领保险补贴的保单发票", covered=_no_insurance),
        Slot("other", "其他材料"),
    )

    def check_start(self, actor: User, subject: Individual | Unit) -> None:
        super().check_start(actor, subject)
        if isinstance(subject, Unit) and not claims_queries.months_to_claim(subject):
            raise StartRefused("没有可申领的月份：审核通过的月报均已申领")

    def prefill(self, case: Case) -> CaseValues:
        months = claims_queries.months_to_claim(case.unit)
        if not months:
            return self.account(case)
        found = claims_queries.offers(case.unit, months[0], months[-1], insurance=True)
        claimable = [one.month for offer in found for one in offer.months] or months
        typed = {"first_month": min(claimable).isoformat(), "last_month": max(claimable).isoformat()}
        if any(offer.refund for offer in found):
            typed["with_insurance"] = "on"
        return {"months": typed, **self.account(case)}

    def pages(self, case: Case, values: CaseValues) -> list[AnyPage]:
        return [
            Page("months", "申领月份", claims_forms.MonthsForm, intro="已为您选好全部可申领的月份，可以缩小范围。"),
            self._people(case, values),
            Page("account", "收款账户", claims_forms.LivingAccountForm),
            Info("figures", "本次核定", self._facts, intro="由系统按政策计算，不能填写；金额以审核为准。"),
        ]

    def _people(self, case: Case, values: CaseValues) -> Grid:
        return Grid(
            "people",
            "申领人员",
            ("姓名", "见习岗位", "人员类型"),
            (YesNo("claim", "是否申领"),),
            rows=_rows,
            check=lambda row, typed: {},
            result="申领内容",
            compute=_words,
            intro=f"点击姓名可查看各月月报和金额的计算依据。{_left_out(_offers(case, values))}",
        )

    def chosen(self, case: Case, values: CaseValues) -> list[Offer]:
        """Offers of the people who are claimed for."""
        typed = grids.rows_of(self._people(case, values), case, values)
        return [one.row.subject for one in typed if one.values.get("claim") and one.row.subject.months]

    def total(self, case: Case, values: CaseValues) -> Total:
        """本次核定 as it stands."""
        return total(self.chosen(case, values))

    def _facts(self, case: Case) -> list[tuple[str, str]]:
        found = self.total(case, submission.current_values(case))
        return [
            ("人数", f"{found.people}人"),
            ("人月数", f"{found.months}个人月"),
            ("生活费补贴", f"{found.months_amount}元"),
            ("保险补贴", f"{found.insurance_amount}元"),
            ("核定金额合计", f"{found.amount}元"),
        ]

    def check(self, case: Case, values: CaseValues, record: Any) -> Problems:
        offered = {str(offer.placement.pk): offer for offer in _offers(case, values)}
        for row in values.get("people", {}).get("rows", []):
            offer = offered.get(row["key"])
            if row.get("claim") == YES and offer is None:
                return {"people": "有人员在所选月份内没有审核通过的月报，请重新核对申领人员"}
            if row.get("claim") == YES and offer is not None and not offer.months:
                return {"people": f"{offer.placement.name}没有可申领的月份：{'；'.join(offer.reasons)}"}
        found = self.total(case, values)
        if not found.people:
            return {"people": "没有选择可申领的人员"}
        record.people_count, record.month_count = found.people, found.months
        record.months_amount, record.insurance_amount = found.months_amount, found.insurance_amount
        record.amount = found.amount
        return {}

    def subject(self, case: Case, record: Any) -> tuple[str, str]:
        return f"{record}生活费补贴", ""

    def on(self, transition: str, case: Case, record: Any, by: User | None) -> None:
        if transition == "submit" and by is not None:
            declined = _declined_keys(submission.load_values(case))
            claims_actions.claim_months(case=case, record=record, declined=declined, by=by)
        elif transition == "approve" and case.status == Status.APPROVED and by is not None:
            claimed = [*record.months.select_related("placement"), *record.insurances.select_related("placement")]
            publicity.open_publicity(case=case, region=case.region_code, entries=claimed, by=by)
        elif transition in ("withdraw", "reject", "revoke", "close", "lapse"):
            publicity.withdraw_publicity(case=case, reason="撤销申领", by=by)
            claims_actions.free_months(record=record, by=by)

    def outcome(self, case: Case) -> str:
        record = getattr(case, "livingsubsidyclaim_record", None)
        if record is None:
            return ""
        words = f"{record.people_count}人，{record.month_count}个人月，核定{record.amount}元"
        return payments_queries.with_payment(words, case)

    def next_words(self, case: Case) -> str:
        return f"县（市、区）初审和市复审各5个工作日。{PUBLICITY}"

    def review_panels(self, case: Case) -> list[tuple[str, dict[str, Any]]]:
        record = LivingSubsidyClaim.objects.filter(pk=case.pk).first()
        if record is None:
            return []
        offers = claims_queries.claimed(case.pk)
        return [("reporting/claim_panel.html", {"record": record, "offers": offers, "standards": standards(offers)})]


def _offers(case: Case, values: CaseValues) -> list[Offer]:
    """What may be claimed while the claim can be edited, what was claimed afterwards."""
    if case.status not in EDITABLE:
        return remembered(case, ("claimed", case.round), lambda: claims_queries.claimed(case.pk))
    span = claims_forms.span_of(values)
    if span is None or case.unit is None:
        return []
    insurance = claims_forms.with_insurance(values)
    ask = lambda: claims_queries.offers(case.unit, *span, insurance=insurance, case=case)  # noqa: E731
    return remembered(case, ("offers", *span, insurance), ask)


def _rows(case: Case, values: CaseValues) -> list[GridRow]:
    offers = [offer for offer in _offers(case, values) if offer.months]
    if case.status not in EDITABLE:
        offers += _declined(case, values, {str(offer.placement.pk) for offer in offers})
    return [_row(offer) for offer in sorted(offers, key=_by_name)]


def _by_name(offer: Offer) -> tuple[str, int]:
    return offer.placement.name, offer.placement.pk


def _declined(case: Case, values: CaseValues, claimed: set[str]) -> list[Offer]:
    """People of the handed-in table for whom nothing was claimed."""
    keys = [row["key"] for row in values.get("people", {}).get("rows", []) if row["key"] not in claimed]
    found = Placement.objects.filter(unit=case.unit, pk__in=keys).select_related("position")
    return [Offer(placement) for placement in found]


def _declined_keys(values: CaseValues) -> set[int]:
    """Placements that the applicant chose to leave out."""
    rows = values.get("people", {}).get("rows", [])
    return {int(row["key"]) for row in rows if row.get("claim") != YES and row["key"].isdecimal()}


def _row(offer: Offer) -> GridRow:
    placement = offer.placement
    cells = (placement.name, placement.position.name, placement.get_category_display())
    url = reverse("reporting:subsidy_months", args=[placement.pk])
    return GridRow(str(placement.pk), cells, {"claim": YES}, offer, url)


def _words(row: GridRow, typed: PageValues) -> str:
    return row.subject.words if typed["claim"] and row.subject.months else NOT_CLAIMED


def _left_out(offers: list[Offer]) -> str:
    """Who has nothing to claim, and why."""
    left = [offer for offer in offers if not offer.months and offer.reasons]
    if not left:
        return ""
    named = "；".join(f"{one.placement.name}（{'，'.join(one.reasons)}）" for one in left[:NAMES_SHOWN])
    more = f"等{len(left)}人" if len(left) > NAMES_SHOWN else ""
    return f"未列入：{named}{more}。"
