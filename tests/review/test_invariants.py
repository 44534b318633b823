"""Whatever is done to a case, in whatever order and by whomever, some things stay true.

The suite runs a few dozen sequences; ``TONGBAN_SEQUENCES=1000`` runs as many as the quality goals ask for.
"""

import itertools
import os

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from common.models import StoredFile
from common.transitions import TransitionRefused
from review import actions, submission
from review.models import EDITABLE, LIVE, WAITING, Attachment, Case, Correction, Status
from review.workflow import CASE_TABLE, perform
from tests.factories import CITY, COUNTY, PROVINCE, make_individual, make_region, make_staff
from tests.review.cases import BASIC, fill, load_steps
from tests.samples.models import Application

pytestmark = pytest.mark.django_db
SEQUENCES = int(os.environ.get("TONGBAN_SEQUENCES", "25"))
ACTORS = ("applicant", "stranger", "county", "county2", "city", "business", "clock")


class CaseLife(RuleBasedStateMachine):
    """One case of the sample application in the hands of many."""

    def __init__(self) -> None:
        super().__init__()
        self.frame = transaction.atomic()
        self.frame.__enter__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.frame.__exit__(None, None, None)

    @initialize()
    def begin(self) -> None:
        for code in (COUNTY, CITY, PROVINCE):
            make_region(code)
        load_steps("sample-application")
        applicant = make_individual()
        self.people = {
            "applicant": applicant.user,
            "stranger": make_individual(name="李演示").user,
            "county": make_staff("first", COUNTY),
            "county2": make_staff("first", COUNTY),
            "city": make_staff("second", CITY),
            "business": make_staff("business", PROVINCE),
            "clock": None,
        }
        self.case = actions.start_case("sample-application", applicant, by=applicant.user)
        fill(self.case, {"basic": BASIC})
        file = StoredFile.objects.create(
            storage_key="test/1", original_name="材料.png", kind="png", content_type="image/png",
            size=1, sha256="0" * 64, state="clean", pages=1,
        )  # fmt: skip
        Attachment.objects.create(case=self.case, slot="proof", file=file, added_by=applicant.user)

    @rule(name=st.sampled_from([t.name for t in CASE_TABLE]), actor=st.sampled_from(ACTORS))
    def somebody_tries(self, name: str, actor: str) -> None:
        before = Case.objects.values().get(pk=self.case.pk)
        corrections = [Correction(target="field", page="basic", field="title", reason="请核对")]
        try:
            perform(self.case, name, by=self.people[actor], reason="原因", corrections=corrections)
        except (TransitionRefused, submission.Incomplete):
            assert Case.objects.values().get(pk=self.case.pk) == before

    @rule(name=st.sampled_from(["submit", "accept", "approve", "return", "withdraw"]))
    def the_right_one_does(self, name: str) -> None:
        who = {"applicant": ["applicant"], "reviewer": ["county", "city"]}[CASE_TABLE[name].who]
        for actor in who:
            self.somebody_tries(name, actor)

    @rule(
        title=st.sampled_from(["样例", "改名", "", "禁用"]), actor=st.sampled_from(["applicant", "stranger", "county"])
    )
    def somebody_types(self, title: str, actor: str) -> None:
        try:
            fill(self.case, {"basic": BASIC | {"title": title}}, by=self.people[actor])
        except TransitionRefused:
            return
        assert actor == "applicant"

    @invariant()
    def all_is_in_order(self) -> None:
        if not hasattr(self, "case"):
            return
        case = Case.objects.get(pk=self.case.pk)
        entries = list(case.timeline.order_by("id"))
        assert case.status == (entries[-1].target if entries else "draft")
        assert all(later.source == earlier.target for earlier, later in itertools.pairwise(entries))
        assert case.round == sum(entry.transition == "submit" for entry in entries)
        assert case.steps.filter(current=True).exists() is (case.status in WAITING)
        record = Application.objects.filter(pk=case.pk).first()
        assert (record is not None and record.live) is (case.status in LIVE)
        ended = case.status in (Status.REJECTED, Status.REVOKED, Status.CLOSED)
        assert (case.exclusive_key is None) is ended
        assert case.corrections.filter(closed_at__isnull=True).exists() is (case.status == "returned") or ended
        if case.status in EDITABLE:
            assert case.drafts.exists()
        if case.status == "approved":
            last = case.steps.filter(round=case.round)
            assert all(step.decision == "approve" for step in last)
        deciders = case.steps.filter(decision="approve").values_list("order", "decided_by").distinct()
        by_person: dict[int, set[int]] = {}
        for order, person in deciders:
            by_person.setdefault(person, set()).add(order)
        assert all(len(orders) == 1 for orders in by_person.values())


def test_no_sequence_of_operations_breaks_an_invariant() -> None:
    run_state_machine_as_test(
        CaseLife,
        settings=settings(
            max_examples=SEQUENCES,
            stateful_step_count=15,
            deadline=None,
            derandomize=SEQUENCES == 25,
            suppress_health_check=list(HealthCheck),
        ),
    )
