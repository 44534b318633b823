"""就业见习月报 (C10): from the month's people to approved person-months."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from common import constraints
from common.transitions import TransitionRefused
from internship.rules import add_months
from positions.models import Position
from reporting import actions, document_actions, revisions
from reporting.models import Attendance, MonthlyReport, PersonMonth, Placement, PlacementDocument
from review import actions as review_actions
from review import matters, submission, workflow
from review.matters import StartRefused
from review.models import Case
from review.portal import case_url
from tests.factories import make_individual, make_staff
from tests.internship.support import make_case, set_policy
from tests.reporting.support import make_placement, make_qualified, reviewer, set_limits
from tests.review.cases import attach, fill, load_steps
from tests.support.samples import pdf_bytes

pytestmark = pytest.mark.django_db


@pytest.fixture
def month():
    """The month before this one."""
    return add_months(timezone.localdate().replace(day=1), -1)


@pytest.fixture
def handler(db):
    set_limits()
    for key, value in {"minimum_wage": "1880", "subsidy_rate.G1": "1.00", "subsidy_unit_share": "0.60"}.items():
        set_policy(key, value)
    return make_qualified()


@pytest.fixture
def placement(handler, month) -> Placement:
    return make_placement(handler.unit, starts_on=add_months(month, -2))


def started(handler, month) -> Case:
    load_steps("monthly-report")
    case = review_actions.start_case("monthly-report", handler.unit, by=handler.user)
    fill(case, {"month": {"month": month.isoformat(), "filler": "王演示", "phone": "13800000009"}})
    return case


def row(placement: Placement, **values: str) -> dict[str, str]:
    typical = {"days": "21", "due_pay": "3100", "net_pay": "3008", "paid_on": timezone.localdate().isoformat()}
    return {"key": str(placement.pk)} | typical | values


def filled_in(case: Case, *rows: dict[str, str]) -> Case:
    fill(case, {"people": {"rows": list(rows)}})
    attach(case, "attendance")
    attach(case, "payment")
    return case


def submitted(handler, month, *rows: dict[str, str]) -> Case:
    return workflow.perform(filled_in(started(handler, month), *rows), "submit", by=handler.user)


def approved(handler, month, *rows: dict[str, str]) -> Case:
    case = submitted(handler, month, *rows)
    return workflow.perform(case, "approve", by=reviewer(case))


def people(case: Case) -> list[str]:
    """Whom the table of a report names."""
    values = submission.load_values(case)
    return [one.cells[0] for one in matters.get("monthly-report").pages(case, values)[1].rows(case, values)]


def test_approval_makes_person_months_with_their_subsidy(handler, month, placement) -> None:
    other = make_placement(handler.unit, person=make_individual(name="低演示"), starts_on=month)
    case = approved(handler, month, row(placement), row(other, net_pay="3007.99"))
    found = {one.placement_id: (one.subsidy, one.subsidy_reason) for one in PersonMonth.objects.filter(case=case)}
    assert found == {placement.pk: (Decimal("1880.00"), ""), other.pk: (None, "实发工资低于3008元")}
    assert matters.get(case.matter).outcome(case) == "2人，应发补贴合计1880.00元"


def test_the_head_is_counted_at_submission(handler, month, placement) -> None:
    new = make_placement(handler.unit, starts_on=month + timedelta(days=4))
    case = submitted(handler, month, row(placement), row(new))
    record = MonthlyReport.objects.get(pk=case.pk)
    assert (record.on_post_count, record.new_count, record.ended_count) == (2, 1, 0)


def test_the_table_names_the_people_of_the_month(handler, month, placement) -> None:
    make_placement(handler.unit, person=make_individual(name="未来"), starts_on=add_months(month, 1))
    make_placement(
        handler.unit,
        person=make_individual(name="过去"),
        starts_on=add_months(month, -7),
        ends_on=month - timedelta(days=1),
    )
    last_day = make_individual(name="首日止")
    make_placement(handler.unit, person=last_day, starts_on=add_months(month, -3), ends_on=month)
    assert sorted(people(started(handler, month))) == sorted([placement.name, "首日止"])


def test_attendance_and_agreed_pay_are_filled_in(client, handler, month, placement) -> None:
    Attendance.objects.create(
        placement=placement,
        case=placement.case,
        month=month,
        due=21,
        present=Decimal("20.5"),
        sick_leave=Decimal("0.5"),
    )
    case = started(handler, month)
    client.force_login(handler.user)
    html = client.get(case_url(case, "page", page="people")).content.decode()
    assert 'value="20.5"' in html
    assert 'value="3100.00"' in html


def test_a_later_report_of_the_month_takes_the_people_left_out(handler, month, placement) -> None:
    approved(handler, month, row(placement))
    late = make_placement(handler.unit, person=make_individual(name="补报演示"), starts_on=month)
    assert people(started(handler, month)) == [late.name]


def test_one_report_of_a_month_is_under_way_at_a_time(handler, month, placement) -> None:
    submitted(handler, month, row(placement))
    second = filled_in(started(handler, month), row(placement))
    with pytest.raises(TransitionRefused, match="不能重复申报"):
        workflow.perform(second, "submit", by=handler.user)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"days": "32"}, "不能大于31"),
        ({"days": "20.3"}, "只能填整天或半天"),
        ({"net_pay": ""}, "不能为空"),
        ({"net_pay": "三千"}, ""),
        ({"paid_on": "2999-01-01"}, "发放日期不能晚于今天"),
    ],
)
def test_faults_are_told_by_person_and_column(handler, month, placement, values, words) -> None:
    case = filled_in(started(handler, month), row(placement, **values))
    with pytest.raises(submission.Incomplete) as refused:
        workflow.perform(case, "submit", by=handler.user)
    [problem] = refused.value.problems
    assert (problem.page, problem.field) == ("people", f"{placement.pk}.{next(iter(values))}")
    assert placement.name in problem.message
    assert words in problem.message


def test_what_was_typed_stays_when_it_is_wrong(client, handler, month, placement) -> None:
    case = started(handler, month)
    client.force_login(handler.user)
    data = {f"{placement.pk}.{key}": value for key, value in row(placement, net_pay="三千").items() if key != "key"}
    answer = client.post(case_url(case, "page", page="people"), data | {"revision": "0", "action": "next"})
    assert answer.status_code == 422
    assert 'value="三千"' in answer.content.decode()
    stale = client.post(case_url(case, "page", page="people"), data | {"revision": "0", f"{placement.pk}.days": "9"})
    assert stale.status_code == 409
    right = data | {f"{placement.pk}.net_pay": "3008", "revision": "1", "action": "next"}
    assert client.post(case_url(case, "page", page="people"), right).status_code == 302
    assert "1880.00元" in client.get(case_url(case, "check")).content.decode()


def test_people_imported_in_batches_need_both_documents_before_their_first_report(handler, month, placement) -> None:
    Placement.objects.filter(pk=placement.pk).update(case=make_case("placement-import", handler.unit))
    case = filled_in(started(handler, month), row(placement))
    with pytest.raises(submission.Incomplete, match=f"1人的见习协议和保险单：{placement.name}"):
        workflow.perform(case, "submit", by=handler.user)
    for kind, title in PlacementDocument.Kind.choices:
        if kind == "policy":  # one of the two is not enough
            with pytest.raises(submission.Incomplete):
                workflow.perform(case, "submit", by=handler.user)
        document_actions.store_document(
            placement=placement, kind=kind, content=pdf_bytes(), name=f"{title}.pdf", by=handler.user
        )
    case = workflow.perform(case, "submit", by=handler.user)
    workflow.perform(case, "approve", by=reviewer(case))
    PlacementDocument.objects.all().delete()
    assert submitted(handler, add_months(month, -1), row(placement)).status == "submitted"


def revision(handler, report: Case, *rows: dict[str, str]) -> Case:
    """A revision of the report, handed in."""
    load_steps("monthly-report-revision")
    case = actions.start_revision(report=MonthlyReport.objects.get(pk=report.pk), by=handler.user)
    fill(case, {"report": {"revises": str(report.pk), "filler": "王演示", "phone": "13800000009"}})
    return workflow.perform(filled_in(case, *rows), "submit", by=handler.user)


def test_an_approved_report_changes_by_a_reviewed_revision_that_keeps_history(handler, month, placement) -> None:
    report = approved(handler, month, row(placement, net_pay="3000"))
    [before] = PersonMonth.objects.in_force()
    assert before.subsidy is None
    case = revision(handler, report, row(placement, net_pay="3100"))
    assert PersonMonth.objects.in_force().get() == before
    workflow.perform(case, "approve", by=reviewer(case))
    [after] = PersonMonth.objects.in_force()
    assert (after.case, after.subsidy) == (case, Decimal("1880.00"))
    before.refresh_from_db()
    assert (before.in_force, before.net_pay) == (False, 3000)
    with pytest.raises(TransitionRefused, match="请选择最新的月报"):
        actions.start_revision(report=MonthlyReport.objects.get(pk=report.pk), by=handler.user)
    again = revision(handler, case, row(placement, net_pay="3200"))
    assert workflow.perform(again, "approve", by=reviewer(again)).status == "approved"


def test_months_that_are_claimed_are_not_revised(handler, month, placement, monkeypatch) -> None:
    report = approved(handler, month, row(placement))
    case = revision(handler, report, row(placement, net_pay="3200"))
    monkeypatch.setattr(revisions.claims_queries, "has_claims", lambda person_months: True)
    with pytest.raises(TransitionRefused, match="已申领生活费补贴，不能更正"):
        workflow.perform(case, "approve", by=reviewer(case))
    with pytest.raises(TransitionRefused, match="已申领"):
        actions.start_revision(report=MonthlyReport.objects.get(pk=report.pk), by=handler.user)


def test_the_table_of_a_revision_begins_with_what_was_approved(client, handler, month, placement) -> None:
    report = approved(handler, month, row(placement, days="17.5"))
    client.force_login(handler.user)
    answer = client.post(f"/unit/monthly-reports/{report.pk}/revise/")
    html = client.get(answer.url.replace("pages/report", "pages/people")).content.decode()
    assert 'value="17.5"' in html
    client.force_login(make_qualified().user)
    assert client.post(f"/unit/monthly-reports/{report.pk}/revise/").status_code == 404


def test_reports_are_listed_from_to(client, handler, month, placement) -> None:
    report = approved(handler, month, row(placement))
    client.force_login(handler.user)
    listed = client.get("/unit/monthly-reports/").content.decode()
    assert report.number in listed
    assert f"/unit/monthly-reports/{report.pk}/revise/" in listed
    inside = {"begin": f"{month:%Y-%m}", "end": f"{month:%Y-%m}"}
    assert report.number in client.get("/unit/monthly-reports/", inside).content.decode()
    outside = {"begin": f"{add_months(month, 1):%Y-%m}"}
    assert report.number not in client.get("/unit/monthly-reports/", outside).content.decode()


def test_months_that_are_not_over_and_months_all_reported_are_not_offered(handler, month) -> None:
    with pytest.raises(StartRefused, match="没有需要上报的月份"):
        started(handler, month)
    make_placement(handler.unit, starts_on=timezone.localdate().replace(day=1))
    with pytest.raises(StartRefused, match="没有需要上报的月份"):
        started(handler, month)
    one = make_placement(handler.unit, starts_on=add_months(month, -2), ends_on=month)
    PersonMonth.objects.bulk_create(
        PersonMonth(
            placement=one,
            case=one.case,
            month=add_months(month, -n),
            category="G1",
            days=20,
            due_pay=1,
            net_pay=1,
            paid_on=month,
            subsidy=1,
        )
        for n in range(3)
    )
    with pytest.raises(StartRefused, match="没有需要上报的月份"):
        started(handler, month)


def test_a_revoked_report_frees_its_months(handler, month, placement) -> None:
    case = approved(handler, month, row(placement))
    workflow.perform(case, "revoke", by=make_staff("business", "140000"), reason="发放凭证不实")
    assert not PersonMonth.objects.in_force().exists()
    assert approved(handler, month, row(placement)).status == "approved"


def test_reported_months_hold_what_they_rest_on(handler, month, placement) -> None:
    approved(handler, month, row(placement))
    with pytest.raises(TransitionRefused, match="请先撤销其月报"):
        actions.cancel_placements(case=placement.case, by=handler.user)
    assert Position.objects.get().places_taken == 1


def test_a_person_month_is_approved_once(month, placement) -> None:
    values = {
        "placement": placement,
        "case": placement.case,
        "month": month,
        "category": "G1",
        "days": 20,
        "due_pay": 1,
        "net_pay": 1,
        "paid_on": month,
    }
    PersonMonth.objects.create(**values, subsidy=1)
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        PersonMonth.objects.create(**values, subsidy=1)
    assert constraints.explain(refusal.value) == "该人员当月已在审核通过的月报中"
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        PersonMonth.objects.create(**(values | {"month": add_months(month, -1)}))
    assert constraints.explain(refusal.value) == "没有补贴金额的必须说明原因"
