"""kill -9 of the worker in the middle of a job: the job comes back, and nothing is done twice."""

from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import AlreadyEnqueued

from accounts.models import Message
from common import files, jobs
from common.models import FilePage, Outbox, StoredFile
from review import jobs as review_jobs
from review import workflow
from review.models import Case, Correction, TimelineEntry
from tests.factories import make_individual, make_staff
from tests.internship.support import draft_trainee, set_figures, set_policy
from tests.reliability.processes import Process, address, kill_at
from tests.review.cases import image, load_steps

pytestmark = pytest.mark.django_db(transaction=True)

CLAIM = """
import django
django.setup()
from django.db import transaction
from accounts.messaging.actions import send_message
from accounts.models import User
from common.jobs import once
with transaction.atomic():
    if once("notice:1"):
        send_message(user=User.objects.get(), occasion="password-changed", values={}, key="演示")
"""


def worker(var: Path, *options: str) -> Process:
    return Process(["manage.py", "procrastinate", "worker", *options], address(), var)


def work_off(var: Path) -> None:
    """A fresh worker does what waits, and goes."""
    worker(var, "--one-shot").finish()


def time_passes() -> None:
    """Long enough that nobody has heard of the killed worker for a while."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_workers SET last_heartbeat = last_heartbeat - interval '1 hour'")


def retry_stalled() -> None:
    """What the worker's own clock asks for every other minute; it may have asked already."""
    with suppress(AlreadyEnqueued):
        jobs.retry_stalled_jobs.defer(timestamp=0)


def state_of(task: str) -> str:
    """The state of the first job of a task."""
    return ProcrastinateJob.objects.filter(task_name=task).earliest("id").status


def returned_case(name: str) -> Case:
    """An application that was returned a hundred days ago, and not corrected."""
    person = make_individual(name=name)
    case = workflow.perform(draft_trainee(person), "submit", by=person.user)
    correction = Correction(target="field", page="wishes", field="skills", reason="请写明")
    case = workflow.perform(case, "return", by=make_staff("first", case.region_id), corrections=[correction])
    TimelineEntry.objects.filter(case=case, transition="return").update(at=timezone.now() - timedelta(days=100))
    return case


def test_cases_of_a_killed_clock_lapse_once_each(tmp_path: Path) -> None:
    set_figures()
    set_policy("returned_lapse_days", "30")
    load_steps("trainee-application")
    cases = [returned_case(name) for name in ("张演示", "李演示", "王演示")]
    review_jobs.lapse_cases.defer(timestamp=0)
    # The worker has closed at most two of them when it comes to the last.
    kill_at(worker(tmp_path), f"SELECT 1 FROM review_case WHERE id = {cases[-1].pk} FOR UPDATE", lambda: None)
    for case in cases:
        told = Message.objects.filter(title="办件已逾期作废", body__contains=case.number).count()
        case.refresh_from_db()
        assert (case.status, told) in (("returned", 0), ("closed", 1))
    assert cases[-1].status == "returned"
    assert state_of("review.jobs.lapse_cases") == "doing"
    work_off(tmp_path)
    assert state_of("review.jobs.lapse_cases") == "doing"  # it may still be alive

    time_passes()
    retry_stalled()
    work_off(tmp_path)
    work_off(tmp_path)
    assert state_of("review.jobs.lapse_cases") == "succeeded"
    for case in cases:
        case.refresh_from_db()
        assert case.status == "closed"
        assert case.timeline.filter(transition="lapse").count() == 1
        assert Message.objects.filter(title="办件已逾期作废", body__contains=case.number).count() == 1


def test_what_is_claimed_once_is_done_although_the_first_was_killed_and_then_never_again(tmp_path: Path) -> None:
    user = make_individual().user
    Message.objects.all().delete()
    script = ["-c", f"import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'config.settings'\n{CLAIM}"]
    first = Process(script, address(), tmp_path)
    kill_at(first, "LOCK TABLE accounts_message IN SHARE MODE", lambda: None)
    assert not Outbox.objects.exists()
    assert not Message.objects.exists()
    for _ in range(2):
        Process(script, address(), tmp_path).finish()
    assert Message.objects.filter(user=user).count() == 1


def test_pages_of_a_killed_drawing_are_drawn_once(tmp_path: Path, settings) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "files", "base_url": None},
        },
    }
    stored: StoredFile = files.store(image(), by=None)
    jobs.draw_file_pages.defer(file_id=str(stored.pk))
    kill_at(worker(tmp_path, "--queues", "files"), "LOCK TABLE common_filepage IN SHARE MODE", lambda: None)
    assert not FilePage.objects.exists()
    time_passes()
    retry_stalled()
    work_off(tmp_path)
    work_off(tmp_path)
    assert state_of("common.jobs.draw_file_pages") == "succeeded"
    assert FilePage.objects.filter(file=stored).count() == 1
