"""kill -9 of the web process in the middle of an action: nothing half done, and it can be done again."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Message, User
from common import files
from common.models import StoredFile
from internship.models import Trainee
from positions.models import Position
from review import workflow
from review.models import Attachment, Case
from tests.factories import make_individual, make_staff
from tests.internship.support import draft_trainee
from tests.internship.support import set_figures as set_internship_figures
from tests.positions import support as positions
from tests.reliability.processes import Web, kill_at, session_of, web
from tests.review.cases import image, load_steps

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass
class Deed:
    """An action over HTTP, what must be true before it and after a kill in it, and what after it was done."""

    actor: User
    path: str
    undone: Callable[[], bool]
    done: Callable[[], bool]
    values: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    content_type: str = ""

    def __post_init__(self) -> None:
        self.session = session_of(self.actor)

    def on(self, process: Web) -> int:
        if self.body:
            return process.post(self.session, self.path, self.body, self.content_type)
        return process.post_form(self.session, self.path, self.values)


def story(case: Case) -> tuple[str, list[str], list[str]]:
    """Where a case stands, how it came there, and what its applicant was told."""
    case.refresh_from_db()
    told = Message.objects.filter(body__contains=case.number).order_by("pk").values_list("title", flat=True)
    return case.status, list(case.timeline.order_by("pk").values_list("transition", flat=True)), list(told)


def trainee_draft() -> Case:
    set_internship_figures()
    load_steps("trainee-application")
    return draft_trainee(make_individual())


def submission() -> Deed:
    """A person hands in an application."""
    case = trainee_draft()
    return Deed(
        case.individual.user,
        reverse("review:check", args=["individual", case.number]),
        lambda: story(case) == ("draft", [], []) and not case.steps.exists(),
        lambda: story(case) == ("submitted", ["submit"], ["申报成功"]) and case.steps.count() == 1,
    )


def approval() -> Deed:
    """The county's office makes an applicant a trainee."""
    case = trainee_draft()
    case = workflow.perform(case, "submit", by=case.individual.user)
    before, after = ["申报成功"], ["申报成功", "办件审核通过"]
    return Deed(
        make_staff("first", case.region_id),
        reverse("admin:review_case_approve", args=[case.number]),
        lambda: story(case) == ("submitted", ["submit"], before) and not Trainee.objects.exists(),
        lambda: story(case) == ("approved", ["submit", "approve"], after) and Trainee.objects.count() == 1,
        {"seen": workflow.mark(case), "notes": "", "reason": ""},
    )


def publication() -> Deed:
    """The county's office publishes a position."""
    positions.set_figures()
    case = positions.submit(positions.apply_for_position(positions.qualify()))
    before, after = ["申报成功"], ["申报成功", "办件审核通过"]
    return Deed(
        make_staff("first", case.region_id),
        reverse("admin:review_case_approve", args=[case.number]),
        lambda: story(case) == ("submitted", ["submit"], before) and not Position.objects.exists(),
        lambda: story(case) == ("approved", ["submit", "approve"], after) and Position.objects.count() == 1,
        {"seen": workflow.mark(case), "notes": "", "reason": ""},
    )


def upload() -> Deed:
    """A person puts a picture into a slot of an application."""
    case = trainee_draft()
    attached, stored = Attachment.objects.count(), StoredFile.objects.count()
    head = b'--edge\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n'
    return Deed(
        case.individual.user,
        reverse("review:upload", args=["individual", case.number, "other"]),
        lambda: (Attachment.objects.count(), StoredFile.objects.count()) == (attached, stored),
        lambda: (Attachment.objects.count(), StoredFile.objects.count()) == (attached + 1, stored + 1),
        body=head + image().read() + b"\r\n--edge--\r\n",
        content_type="multipart/form-data; boundary=edge",
    )


POINTS = [
    pytest.param(submission, "review_casestep", id="submission at its route"),
    pytest.param(submission, "accounts_message", id="submission at its notice"),
    pytest.param(approval, "internship_trainee", id="approval at its effect"),
    pytest.param(approval, "accounts_message", id="approval at its notice"),
    pytest.param(publication, "positions_position", id="publication at the position"),
    pytest.param(publication, "review_timelineentry", id="publication at the timeline"),
    pytest.param(upload, "review_attachment", id="upload at the attachment"),
]


@pytest.mark.parametrize(("prepare", "table"), POINTS)
def test_a_killed_action_is_not_done_at_all_and_can_be_repeated(
    prepare: Callable[[], Deed], table: str, tmp_path: Path
) -> None:
    deed = prepare()
    assert deed.undone()
    with web(tmp_path) as process:
        kill_at(process, f"LOCK TABLE {table} IN SHARE MODE", lambda: deed.on(process))
    assert deed.undone()
    with web(tmp_path) as process:
        assert deed.on(process) == 302
        assert deed.done()
        deed.on(process)  # as somebody does who saw no answer
    assert deed.done() or prepare is upload


def test_bytes_of_a_killed_upload_are_swept(tmp_path: Path, settings) -> None:
    deed = upload()
    with web(tmp_path) as process:
        kill_at(process, "LOCK TABLE review_attachment IN SHARE MODE", lambda: deed.on(process))
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "files", "base_url": None},
        },
    }
    assert len(stored_bytes(tmp_path)) == 1
    assert files.sweep_orphans(before=timezone.now() + timedelta(minutes=1)) == 1
    assert not stored_bytes(tmp_path)


def stored_bytes(var: Path) -> list[Path]:
    return [path for path in (var / "files").rglob("*") if path.is_file()]
