"""The demonstration: every state of everything, true histories, and nobody who might be real."""

import datetime

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import Individual, Unit, User
from common import identifiers
from common.models import StoredFile
from documents import verification
from documents.keys import hall_key
from documents.models import DocumentBatch, IssuedDocument
from hall.demo import load
from hall.demo.offices import provinces
from hall.models import Notice
from internship.models import InternshipUnit, Trainee
from positions.models import Favourite, Position
from review.models import Case, CaseStep, Status

pytestmark = pytest.mark.django_db


@pytest.fixture
def shanxi_demo(db: None) -> None:
    """One of the three provinces; the others differ by names only."""
    for command in ("load_regions", "load_calendar", "load_policies", "load_review_steps", "sync_roles"):
        call_command(command, verbosity=0)
    assert not load.is_loaded()
    list(load.load(provinces()[:1]))


def test_the_demonstration_shows_every_state_and_its_histories_are_true(shanxi_demo: None) -> None:
    assert load.is_loaded()
    assert set(Case.objects.values_list("status", flat=True)) == set(Status.values)
    assert set(Position.objects.values_list("state", flat=True)) == set(Position.State.values)
    assert set(InternshipUnit.objects.values_list("state", flat=True)) == set(InternshipUnit.State.values)
    assert set(Trainee.objects.values_list("category", flat=True)) == {"G1", "G2", "Y1", "X1"}
    assert Position.objects.public().count() > 35
    assert Favourite.objects.filter(actions__isnull=False).exists()
    # Each case has the entries of its way, in order, in the past.
    for case in Case.objects.exclude(status=Status.DRAFT):
        entries = list(case.timeline.all())
        assert entries[-1].target == case.status
        moments = [entry.at for entry in entries]
        assert moments == sorted(moments)
        assert moments[-1] <= timezone.now()
    # Certificates hold or were revoked, the batch is finished, and one person printed the own certificate.
    verdicts = {verification.by_code(row.code).outcome for row in IssuedDocument.objects.all()}
    assert verdicts == {verification.Outcome.VALID, verification.Outcome.REVOKED}
    assert DocumentBatch.objects.get().file is not None
    assert IssuedDocument.objects.filter(individual__isnull=False).exists()
    # What a step's staff decided lies in their scope.
    for step in CaseStep.objects.filter(decided_by__isnull=False).select_related("decided_by"):
        assert step.decided_by.scopes.filter(region=step.region_id).exists()
    # Rows stay within their model's own rules and the database's.
    for model in (Case, Position, Trainee, InternshipUnit, Unit):
        for row in model.objects.all():
            row.full_clean(validate_unique=False, validate_constraints=True)


def test_everything_in_the_demonstration_says_that_it_is_invented(shanxi_demo: None) -> None:
    assert [name for name in Unit.objects.values_list("name", flat=True) if not name.endswith("（演示）")] == []
    people = (*Individual.objects.values_list("name", flat=True), *User.objects.values_list("name", flat=True))
    assert [name for name in people if not any(word in name for word in ("演示", "示例", "样例", "虚构"))] == []
    assert [title for title in Notice.objects.values_list("title", flat=True) if "演示" not in title] == []
    # What the hall issued itself says so by its seal and its signature.
    assert hall_key().demonstration
    issued = [
        *IssuedDocument.objects.values_list("file", flat=True),
        *DocumentBatch.objects.values_list("file", flat=True),
    ]
    files = StoredFile.objects.exclude(pk__in=issued).values_list("original_name", flat=True)
    assert [name for name in files if "（演示）" not in name] == []
    for individual in Individual.objects.all():
        assert identifiers.clean_id_no(individual.id_type, individual.id_no) == individual.id_no
    for position in Position.objects.public():
        assert position.valid_to >= timezone.localdate()
        assert position.published_at <= timezone.now() + datetime.timedelta(minutes=1)


def test_a_second_load_changes_nothing(shanxi_demo: None) -> None:
    before = Case.objects.count(), User.objects.count()
    call_command("load_demo", verbosity=0)
    assert (Case.objects.count(), User.objects.count()) == before


def test_production_refuses_public_passwords(settings: LazySettings) -> None:
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="refused in production"):
        call_command("load_demo")
