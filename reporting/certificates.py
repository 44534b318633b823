"""就业见习证明 (B3): the trainee's certificate of completion, issued once the internship has ended."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from accounts.models import User
from common import identifiers
from common.transitions import TransitionRefused
from documents import actions, queries
from documents.kinds import DocumentKind, Draft, issuer_of, register
from documents.models import IssuedDocument
from reporting.models import Placement
from reporting.rules import length, words

CODE = "internship-completion"
# 完成就业, 见习期满; who could not finish (因故无法完成见习) has completed nothing.
COMPLETED = ("1", "2")


@register
class CompletionCertificate(DocumentKind):
    """It certifies what was, so it does not run out."""

    code = CODE
    title = "就业见习证明"
    prefix = "JXZM"
    template = "documents/completion.html"

    def summary(self, snapshot: Mapping[str, Any]) -> list[tuple[str, str]]:
        return [
            ("姓名", identifiers.mask_name(snapshot["name"])),
            ("证件号码", identifiers.mask_id(snapshot["id_no"])),
            ("见习单位", snapshot["unit"]),
            ("见习时间", f"{snapshot['starts_on']}至{snapshot['ended_on']}"),
        ]


def check_certificate(placement: Placement) -> None:
    """Raise TransitionRefused unless the internship was completed."""
    if placement.state != Placement.State.ENDED:
        raise TransitionRefused("见习结束、单位的减员申请审核通过后，可以在这里下载见习证明")
    if placement.end_reason not in COMPLETED:
        raise TransitionRefused("因故未完成见习的，不出具见习证明")


def issued(placement: Placement) -> IssuedDocument | None:
    """The certificate that stands for a placement."""
    return queries.standing(CODE, str(placement.pk))


def issue(*, placement: Placement, by: User) -> IssuedDocument:
    """The certificate of a placement: issued once, the same file ever after. Raises TransitionRefused."""
    check_certificate(placement)
    return actions.issue(CODE, _draft(placement), by=by)


def _draft(placement: Placement) -> Draft:
    region = placement.position.region_id
    return Draft(
        key=str(placement.pk),
        owner=placement.individual,
        region=region,
        issuer=issuer_of(region),
        subject=placement.name,
        subject_digest=placement.id_no_digest,
        snapshot={
            "name": placement.name,
            "id_type": placement.get_id_type_display(),
            "id_no": placement.id_no,
            "category": placement.get_category_display(),
            "unit": placement.unit.name,
            "uscc": placement.unit.uscc,
            "position": placement.position.name,
            "starts_on": words(placement.starts_on),
            "ends_on": words(placement.ends_on),
            "ended_on": words(placement.last_day),
            "months_words": _length_words(placement.starts_on, placement.last_day),
            "end_reason": placement.get_end_reason_display(),
            "mentor": placement.mentor,
        },
    )


def _length_words(starts_on: date, last_day: date) -> str:
    months, days = length(starts_on, last_day)
    parts = [f"{months}个月"] if months else []
    parts += [f"{days}天"] if days else []
    return "，共" + "零".join(parts)
