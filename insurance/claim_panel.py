"""What staff see beside a claim: the working life drawn and as a table, both methods, how the months come about."""

from typing import Any

from common import codes
from insurance import claim_estimate, claim_rules, queries
from insurance.dossier import Dossier
from insurance.life import Span
from insurance.life_chart import Lane, draw
from insurance.models import PensionAdjustment, PensionClaim
from insurance.months import Month, duration_text
from insurance.pension import DISCLAIMER, REFORM


def year_in_words(year: queries.HistoryYear) -> str:
    """A year of the history as a line: what was paid, owed and missed."""
    words = [f"缴费{year.paid}个月，缴费基数合计{year.base:.2f}元"]
    for state, label in ((queries.MonthState.OWED, "应缴未缴"), (queries.MonthState.GAP, "中断")):
        found = [f"{month.month.month}月" for month in year.months if month.state == state]
        if found:
            words.append(f"{label}：{'、'.join(found)}")
    return "；".join(words)


def _span(row: Any, words: str, end: Any = None) -> Span:
    return Span(Month.of(row.starts_on), Month.of(end or row.ends_on), words)


def _adjusted(row: PensionAdjustment) -> tuple[str, Span]:
    return str(row.kind), _span(row, f"{row.get_kind_display()}（{row.reason}）")


def lanes(record: PensionClaim, dossier: Dossier) -> list[Lane]:
    """Employment, contributions with gaps, deemed periods, special work, ranks; lanes with nothing in them are left out."""
    began, retired = Month.of(record.work_started_on), Month.of(record.retired_on)
    contributions = (("paid", dossier.paid), ("owed", dossier.owed), ("gap", dossier.gaps))
    deemed = [("deemed", Span(began, REFORM - 1, "视同缴费（2014年10月前）"))] if began < REFORM else []
    special = [("special", _span(r, f"{r.get_kind_display()} {r.name}")) for r in record.special_works.all()]
    ranks = [("rank", _span(r, r.to_post, r.ends_on or record.retired_on)) for r in record.rank_changes.all()]
    found = [
        Lane("参加工作", [("employment", Span(began, retired, "参加工作至退休"))]),
        Lane("缴费记录", [(kind, span) for kind, spans in contributions for span in spans]),
        Lane("视同缴费", deemed),
        Lane("核增核减", [_adjusted(row) for row in record.adjustments.all()]),
        Lane("特殊工种", special),
        Lane("职务", ranks),
    ]
    return [lane for lane in found if lane.spans]


def life(record: PensionClaim, dossier: Dossier) -> dict[str, Any]:
    """The drawing and its table."""
    found = lanes(record, dossier)
    spans = [span for lane in found for _, span in lane.spans]
    first, last = min(span.first for span in spans), max(span.last for span in spans)
    rows = [
        {"lane": lane.title, "words": span.words, "span": span.text, "months": duration_text(span.months)}
        for lane in found
        for _, span in lane.spans
    ]
    return {"chart": draw(found, first, last), "rows": rows}


def months(record: PensionClaim, dossier: Dossier) -> list[dict[str, str]]:
    """How the months that count come about, beside what is needed."""
    total = claim_estimate.total_of(record, dossier)
    needed = dossier.needed(record.age_group, record.retired_on)
    person = claim_rules.statutory_of(dossier.facts(record.age_group), dossier.law)
    return [
        {"label": "累计缴费", "value": total.words},
        {"label": "最低缴费年限", "value": duration_text(needed)},
        {"label": "法定退休时间", "value": person.month.chinese},
        {"label": "待遇起始年月", "value": (Month.of(record.retired_on) + 1).chinese},
        {"label": "2014年9月工资合计", "value": f"{record.wage_total('_2014'):.2f}元"},
        {"label": "退休时工资合计", "value": f"{record.wage_total():.2f}元"},
        {"label": "核心系统登记的职务职级", "value": record.person.rank or "未登记"},
        {"label": "核心系统登记的参保身份", "value": codes.INSURED_IDENTITY.label(record.person.identity) or "未登记"},
    ]


def context(record: PensionClaim) -> dict[str, Any]:
    """Everything that the panel draws."""
    dossier = claim_estimate.dossier_of(record)
    return {
        "record": record,
        "life": life(record, dossier),
        "months": months(record, dossier),
        "outcome": claim_estimate.estimate(record, dossier),
        "disclaimer": DISCLAIMER,
    }
