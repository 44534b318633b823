"""Files with more rows than a request should wait for are imported by a job: once, whole or not at all, in sight."""

from datetime import timedelta

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.models import Message
from common import progress
from common.transitions import TransitionRefused
from reporting.models import Placement
from review import actions as review_actions
from review import background_actions, matters, sheets, workflow
from review.models import BackgroundSubmission, Case
from review.portal import case_url
from tests.factories import make_handler
from tests.reporting.support import make_fresh_trainee, make_placement, make_position, make_qualified, set_limits
from tests.reporting.test_imports import matched, workbook

pytestmark = pytest.mark.django_db


@pytest.fixture
def handler(db, monkeypatch):
    monkeypatch.setattr(sheets, "ROWS_IN_A_REQUEST", 1)
    set_limits()
    return make_qualified()


@pytest.fixture
def people(handler):
    return [make_fresh_trainee(), make_fresh_trainee()]


def drafted(handler, people, **values) -> Case:
    """A draft with a file of the people, as the page keeps it."""
    position = make_position(handler.unit)
    matter = matters.get("placement-import")
    data = workbook(matter.columns, *(matched(person, position, **values) for person in people))
    page = matter.pages(Case(unit=handler.unit, matter=matter.code), {})[0]
    _, content = sheets.read_and_keep(page, data, name="名单.xlsx", by=handler.user)
    case = review_actions.start_case(matter.code, handler.unit, by=handler.user)
    review_actions.save_page(case, page.key, content, 0, by=handler.user)
    return case


def test_a_large_file_is_left_to_a_job_and_its_progress_can_be_looked_at(client, handler, people) -> None:
    case = drafted(handler, people)
    client.force_login(handler.user)
    assert "在后台导入" in client.get(case_url(case, "page", page="file")).content.decode()
    assert client.post(case_url(case, "check")).url == case_url(case, "progress")
    assert not Placement.objects.exists()
    html = client.get(case_url(case, "progress")).content.decode()
    assert "<progress" in html
    assert f'href="{case_url(case, "progress")}"' in html  # 刷新, without script
    assert "正在后台导入" in client.get(case_url(case)).content.decode()
    [job] = ProcrastinateJob.objects.filter(task_name="review.jobs.carry_out_submission")
    run = BackgroundSubmission.objects.get()
    assert (job.args, run.job_id, run.total) == ({"run": str(run.pk)}, job.pk, 2)

    background_actions.carry_out(run.pk)
    assert Placement.objects.count() == 2
    assert client.get(case_url(case, "progress")).url == case_url(case, "receipt")
    fetched = client.get(case_url(case, "progress"), headers={"HX-Request": "true"})
    assert fetched.headers["HX-Redirect"] == case_url(case, "receipt")


def test_a_small_file_is_imported_at_once(client, handler, people) -> None:
    case = drafted(handler, people[:1])
    client.force_login(handler.user)
    assert client.post(case_url(case, "check")).url == case_url(case, "receipt")
    assert not BackgroundSubmission.objects.exists()


def test_a_second_click_finds_the_first_and_a_second_delivery_does_nothing(handler, people) -> None:
    case = drafted(handler, people)
    run = background_actions.submit_in_background(case=case, by=handler.user)
    assert background_actions.submit_in_background(case=case, by=handler.user) == run
    for _ in range(2):
        assert background_actions.carry_out(run.pk).state == "done"
    assert Placement.objects.count() == 2
    assert case.timeline.filter(transition="submit").count() == 1


def test_a_draft_cannot_be_changed_while_it_is_imported(client, handler, people) -> None:
    case = drafted(handler, people)
    background_actions.submit_in_background(case=case, by=handler.user)
    with pytest.raises(TransitionRefused, match="正在后台导入"):
        review_actions.save_page(case, "file", {}, 1, by=handler.user)
    client.force_login(handler.user)
    assert client.get(case_url(case, "page", page="file")).url == case_url(case)
    assert client.get(case_url(case, "check")).url == case_url(case, "progress")


def test_rows_that_do_not_hold_any_more_import_nothing_and_say_why(client, handler, people) -> None:
    case = drafted(handler, people)
    make_placement(make_qualified().unit, person=people[0].individual)
    run = background_actions.submit_in_background(case=case, by=handler.user)
    run = background_actions.carry_out(run.pk)
    assert (run.state, Placement.objects.filter(unit=handler.unit).count()) == ("failed", 0)
    assert "期限不能重叠" in run.message
    case.refresh_from_db()
    assert case.status == "draft"
    assert Message.objects.filter(user=handler.user, title="批量导入未完成").count() == 1
    client.force_login(handler.user)
    html = client.get(case_url(case, "progress")).content.decode()
    assert "期限不能重叠" in html
    assert case_url(case, "page", page="file") in html


def test_a_fault_of_the_system_is_told_and_stays_a_fault(handler, people, monkeypatch) -> None:
    run = background_actions.submit_in_background(case=drafted(handler, people), by=handler.user)

    def broken(*args, **options):
        raise ZeroDivisionError

    monkeypatch.setattr(workflow, "perform", broken)
    with pytest.raises(ZeroDivisionError):
        background_actions.carry_out(run.pk)
    run.refresh_from_db()
    assert (run.state, run.message) == ("failed", background_actions.FAILED)


def test_a_file_over_which_workers_die_is_given_up(handler, people) -> None:
    run = background_actions.submit_in_background(case=drafted(handler, people), by=handler.user)
    BackgroundSubmission.objects.filter(pk=run.pk).update(attempts=background_actions.MOST_ATTEMPTS, state="running")
    run = background_actions.carry_out(run.pk)
    assert (run.state, run.message) == ("failed", background_actions.INTERRUPTED)
    assert not Placement.objects.exists()


def test_a_run_whose_job_is_gone_is_settled(handler, people) -> None:
    run = background_actions.submit_in_background(case=drafted(handler, people), by=handler.user)
    assert background_actions.settle_lost() == 0
    BackgroundSubmission.objects.filter(pk=run.pk).update(job_id=run.job_id + 1000)
    assert background_actions.settle_lost() == 1
    run.refresh_from_db()
    assert run.state == "failed"


def test_a_file_with_faults_is_refused_before_any_job(client, handler, people) -> None:
    case = drafted(handler, people, ends_on=people[0].approved_at.date() - timedelta(days=30))
    client.force_login(handler.user)
    assert client.post(case_url(case, "check")).status_code == 422
    assert not BackgroundSubmission.objects.exists()


def test_others_see_no_progress(client, handler, people) -> None:
    case = drafted(handler, people)
    background_actions.submit_in_background(case=case, by=handler.user)
    client.force_login(make_handler().user)
    assert client.get(case_url(case, "progress")).status_code == 404


def test_progress_is_told_to_whoever_listens_and_to_nobody_else() -> None:
    heard = []
    with progress.heard_by(lambda done, total: heard.append((done, total))):
        progress.tell(1, 2)
    progress.tell(2, 2)
    assert heard == [(1, 2)]
