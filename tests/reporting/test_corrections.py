"""Rows that were reported are corrected one by one: on the page, and by a case once a monthly report rests on them."""

from decimal import Decimal

import pytest
from django.utils import timezone

from common.transitions import TransitionRefused
from internship.rules import add_months
from positions.models import Position
from reporting import correction_actions
from reporting.correction_forms import INSURANCE_COLUMNS
from reporting.models import Attendance, OnPostStatus, PersonMonth, Placement
from review import actions as review_actions
from review import submission, workflow
from review.portal import case_url
from tests.factories import make_staff
from tests.internship.support import make_case
from tests.reporting.support import make_placement, make_qualified, reviewer, set_limits, terms
from tests.review.cases import attach, fill, load_steps

pytestmark = pytest.mark.django_db


@pytest.fixture
def month():
    return add_months(timezone.localdate().replace(day=1), -1)


@pytest.fixture
def handler(db):
    set_limits()
    return make_qualified()


@pytest.fixture
def placement(handler, month) -> Placement:
    """Somebody matched in a batch report, with attendance and on-post status of a month."""
    made = make_placement(
        handler.unit, starts_on=add_months(month, -1), case=make_case("placement-import", handler.unit)
    )
    Attendance.objects.create(placement=made, case=made.case, month=month, due=20, present=20)
    OnPostStatus.objects.create(placement=made, case=made.case, month=month, on_post=True)
    return made


def report(placement: Placement, month) -> PersonMonth:
    """An approved monthly report rests on the month."""
    return PersonMonth.objects.create(
        placement=placement, case=make_case("monthly-report", placement.unit), month=month, category="G1", days=20,
        due_pay=3100, net_pay=3100, paid_on=month, subsidy=Decimal("1290"),
    )  # fmt: skip


def stated(placement: Placement, **changes) -> dict[str, str]:
    told = {name: str(value) for name, value in terms(starts_on=placement.starts_on).items()}
    return told | changes


def path(placement: Placement, tail: str, kind: str = "", month=None) -> str:
    middle = f"{kind}/{month:%Y-%m}/" if month else ""
    return f"/unit/placements/{placement.pk}/{middle}{tail}/"


def test_the_unit_corrects_an_agreement_on_the_page_with_history(client, handler, placement) -> None:
    client.force_login(handler.user)
    assert "演示保险公司" in client.get(path(placement, "correct")).content.decode()
    answer = client.post(path(placement, "correct"), stated(placement, insurer="另一演示保险公司", agreement_no="XY-9"))
    assert answer.status_code == 302
    placement.refresh_from_db()
    assert (placement.insurer, placement.agreement_no) == ("另一演示保险公司", "XY-9")
    assert placement.history.count() == 2


def test_a_wrong_correction_is_told_at_its_field_and_changes_nothing(client, handler, placement) -> None:
    client.force_login(handler.user)
    wrong = stated(placement, insured_to=str(placement.starts_on))
    answer = client.post(path(placement, "correct"), wrong)
    assert answer.status_code == 422
    assert "保险终止日期不能早于见习结束日期" in answer.content.decode()
    placement.refresh_from_db()
    assert placement.insured_to == placement.ends_on


def test_the_unit_corrects_and_cancels_a_month_on_the_page(client, handler, placement, month) -> None:
    client.force_login(handler.user)
    days = {"due": "20", "present": "18", "personal_leave": "2", "sick_leave": "0", "absent": "0", "other_leave": "0"}
    assert client.post(path(placement, "correct", "attendance", month), days).status_code == 302
    row = Attendance.objects.get(placement=placement)
    assert (row.present, row.personal_leave) == (18, 2)
    short = client.post(path(placement, "correct", "attendance", month), days | {"present": "10"})
    assert "少于应出勤" in short.content.decode()
    off = {"on_post": "False", "left_on": f"{month:%Y-%m}-20", "left_reason": "另找工作"}
    assert client.post(path(placement, "correct", "on_post", month), off).status_code == 302
    assert OnPostStatus.objects.get(placement=placement).on_post is False
    assert "确定取消" in client.get(path(placement, "cancel", "attendance", month)).content.decode()
    assert client.post(path(placement, "cancel", "attendance", month)).status_code == 302
    assert not Attendance.objects.exists()


def test_a_person_who_never_came_is_cancelled_and_the_place_is_free(client, handler, placement) -> None:
    client.force_login(handler.user)
    client.post(path(placement, "cancel"))
    placement.refresh_from_db()
    assert (placement.state, Position.objects.get().places_taken) == ("cancelled", 0)


def test_a_reported_row_is_corrected_by_a_case_only(client, handler, placement, month) -> None:
    report(placement, month)
    client.force_login(handler.user)
    for tail, kind, first in (("correct", "", None), ("cancel", "", None), ("correct", "attendance", month)):
        answer = client.post(path(placement, tail, kind, first), {}, follow=True)
        assert "请办理“见习信息更正”" in answer.content.decode()
    with pytest.raises(TransitionRefused, match="见习信息更正"):
        correction_actions.cancel_row(row=Attendance.objects.get(), by=handler.user)
    assert Attendance.objects.count() == Placement.objects.valid().count() == 1


def test_rows_of_other_units_are_not_there(client, placement, month) -> None:
    client.force_login(make_qualified().user)
    for tail, kind, first in (("correct", "", None), ("cancel", "", None), ("cancel", "attendance", month)):
        assert client.post(path(placement, tail, kind, first)).status_code == 404


def corrected_by_case(handler, placement, what, values):
    load_steps("record-correction")
    case = review_actions.start_case("record-correction", handler.unit, by=handler.user)
    fill(case, {"what": {"placement": str(placement.pk), "reason": "补充协议"} | what, "values": values})
    if what["kind"] == "agreement":
        fill(case, {"insurance": {name: values[name] for name in INSURANCE_COLUMNS}})
    attach(case, "proof")
    case = workflow.perform(case, "submit", by=handler.user)
    return workflow.perform(case, "approve", by=reviewer(case))


def test_the_county_approves_a_correction_and_nothing_paid_is_computed_again(handler, placement, month) -> None:
    paid = report(placement, month)
    days = {"due": "20", "present": "19", "sick_leave": "1", "personal_leave": "0", "absent": "0", "other_leave": "0"}
    case = corrected_by_case(handler, placement, {"kind": "attendance", "month": month.isoformat()}, days)
    assert case.status == "approved"
    assert Attendance.objects.get().present == 19
    corrected_by_case(handler, placement, {"kind": "agreement"}, stated(placement, living_standard="3200"))
    placement.refresh_from_db()
    paid.refresh_from_db()
    assert (placement.living_standard, paid.subsidy, paid.days) == (3200, Decimal("1290"), 20)


def test_a_revoked_correction_gives_back_what_stood_before(handler, placement, month) -> None:
    days = {"due": "20", "present": "19", "sick_leave": "1", "personal_leave": "0", "absent": "0", "other_leave": "0"}
    case = corrected_by_case(handler, placement, {"kind": "attendance", "month": month.isoformat()}, days)
    workflow.perform(case, "revoke", by=make_staff("business", "140000"), reason="证明不实")
    row = Attendance.objects.get()
    assert (row.present, row.sick_leave) == (20, 0)


def test_a_correction_keeps_reported_months_inside_the_term(handler, placement, month) -> None:
    report(placement, month)
    later = add_months(month, 1)
    values = stated(placement, starts_on=str(later), insured_from=str(later))
    with pytest.raises(submission.Incomplete, match="已有审核通过的月报，见习期限应包括这些月份"):
        corrected_by_case(handler, placement, {"kind": "agreement"}, values)


def test_the_page_of_a_person_offers_what_can_be_done(client, handler, placement, month) -> None:
    client.force_login(handler.user)
    html = client.get(f"/unit/placements/{placement.pk}/").content.decode()
    assert path(placement, "correct", "attendance", month) in html
    report(placement, month)
    html = client.get(f"/unit/placements/{placement.pk}/").content.decode()
    assert path(placement, "correct", "attendance", month) not in html
    assert "/unit/apply/record-correction/" in html


def test_the_case_shows_the_row_as_it_is_to_be(client, handler, placement) -> None:
    case = review_actions.start_case("record-correction", handler.unit, by=handler.user)
    client.force_login(handler.user)
    fill(case, {"what": {"placement": str(placement.pk), "kind": "on_post", "month": "2000-01-01", "reason": "错"}})
    answer = client.get(case_url(case, "page", page="what") + "?check")
    assert "选择" in answer.content.decode()
    assert 'name="left_reason"' in client.get(case_url(case, "page", page="values")).content.decode()
