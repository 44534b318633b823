"""公示: what is shown for how long, who may object, what is frozen, and what the clock clears (C11)."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from accounts.messaging.models import Message
from common.transitions import TransitionRefused
from reporting import disbursement, ledger, publicity
from reporting.models import LedgerLine, Publicity, PublicityObjection, SubsidyEntry
from reporting.payments import TABLES
from review import matters, workflow
from review.models import Status
from tests.factories import OTHER_COUNTY, make_region, make_staff
from tests.reporting.claims_support import (
    approved,
    last_year,
    make_claiming,
    make_end,
    make_intern,
    set_jilin,
    submitted,
)
from tests.reporting.payments_support import (
    end_period,
    finance,
    make_approved_claim,
    make_batch,
    make_cleared,
    make_sent,
    maker,
    objected,
    set_periods,
    settle,
    states,
)

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_the_diagrams_are_drawn_from_the_tables(table):
    assert (ROOT / f"docs/workflows/{table.name}.mmd").read_text() == table.mermaid()


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_state_but_the_first_is_reached_and_nothing_leads_nowhere(table):
    first = next(iter(table.states))
    reached = {target for transition in table for target in transition.targets}
    assert reached | {first} == set(table.states)
    assert {source for transition in table for source in transition.sources} <= set(table.states)


# --- Opening and its days ------------------------------------------------------------------------


def test_an_approved_claim_is_made_public_with_every_amount_and_its_origin():
    case = make_approved_claim(people=2)
    found = Publicity.objects.get(case=case)
    entries = list(found.entries.all())
    assert [entry.number for entry in entries] == [1, 2, 3, 4, 5, 6, 7, 8][: len(entries)]
    record = case.livingsubsidyclaim_record
    assert sum(entry.amount for entry in entries) == record.amount
    assert {entry.masked_name for entry in entries} == {"赵**", "钱**"}
    assert all(entry.claimed_month_id or entry.claimed_insurance_id for entry in entries)
    assert LedgerLine.objects.filter(source="claimed", target="public").count() == len(entries)
    assert "公示中至" in matters.get(case.matter).outcome(case)
    told = Message.objects.filter(title__contains="通过").last() or Message.objects.order_by("-pk").first()
    assert "公示中至" in told.body


def test_a_mentoring_claim_makes_the_retained_people_public():
    set_jilin()
    set_periods()
    handler = make_claiming()
    make_intern(handler.unit)
    make_end(handler.unit, last_year())
    make_end(handler.unit, last_year(), retained=False, name="走演示")
    case = approved(submitted("mentoring-subsidy", handler))
    entry = Publicity.objects.get(case=case).entries.get()
    assert (entry.kind, entry.masked_name, str(entry.amount)) == ("mentoring", "留**", "2000.00")
    assert ledger.differences() == []


def test_calendar_days_count_from_the_day_after():
    make_region("220102")
    set_periods("7", "calendar")
    assert publicity.period("220102", date(2026, 9, 29)) == (date(2026, 10, 6), "7个自然日")


def test_working_days_pass_over_weekends():
    make_region("140105")
    set_periods("5", "working")
    assert publicity.period("140105", date(2026, 3, 5)) == (date(2026, 3, 12), "5个工作日")


def test_without_a_policy_it_stays_public_until_there_is_one():
    set_jilin()
    handler = make_claiming()
    make_intern(handler.unit)
    case = approved(submitted("living-subsidy", handler))
    found = Publicity.objects.get(case=case)
    assert (found.ends_on, found.period) == (None, publicity.NOT_CONFIGURED)
    today = timezone.localdate()
    assert publicity.close_publicities(on=today + timedelta(days=400)) == 0
    set_periods()
    publicity.close_publicities(on=today + timedelta(days=1))
    found.refresh_from_db()
    assert found.ends_on == today + timedelta(days=8)
    assert states(case) == {"public": 3}


def test_the_last_day_counts_as_a_whole_and_the_next_day_clears(at):
    at("2026-03-02 10:00")
    case = make_approved_claim()
    found = Publicity.objects.get(case=case)
    assert found.ends_on == date(2026, 3, 9)
    at("2026-03-09 23:59")
    assert publicity.is_open(found, timezone.localdate())
    assert publicity.close_publicities(on=timezone.localdate()) == 0
    at("2026-03-10 00:05")
    # Before the job has come by, too.
    assert not publicity.is_open(found, timezone.localdate())
    assert publicity.close_publicities(on=timezone.localdate()) == 1
    assert publicity.close_publicities(on=timezone.localdate()) == 0
    assert states(case) == {"cleared": 3}
    assert "公示期满，待拨付5640.00元" in matters.get(case.matter).outcome(_fresh(case))


def _fresh(case):
    return type(case).objects.get(pk=case.pk)


# --- Objections ----------------------------------------------------------------------------------


def test_an_objection_freezes_its_person_months_and_no_others():
    case = make_approved_claim(people=2)
    objection = objected(case, 2)
    assert states(case) == {"public": 5, "frozen": 1}
    assert SubsidyEntry.objects.get(state="frozen").number == 2
    assert re.fullmatch(r"YY\d{8}[A-Z2-9]{8}", objection.number)
    end_period(case)
    assert states(case) == {"cleared": 5, "frozen": 1}


def test_contact_data_is_encrypted_at_rest(django_assert_num_queries):
    objection = objected(make_approved_claim())
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT name, contact, reason FROM reporting_publicityobjection")
        stored = " ".join(cursor.fetchone())
    assert "13900000001" not in stored
    assert "路人演示" not in stored
    assert PublicityObjection.objects.get(pk=objection.pk).contact == "13900000001"


def test_the_same_form_sent_twice_is_one_objection():
    import uuid

    case, key = make_approved_claim(), uuid.uuid4()
    assert objected(case, 1, key=key) == objected(case, 1, key=key)
    assert PublicityObjection.objects.count() == 1


def test_nobody_objects_after_the_period_or_to_what_is_not_there():
    case = make_approved_claim()
    with pytest.raises(TransitionRefused, match="请选择公示名单中"):
        objected(case, 99)
    end_period(case)
    with pytest.raises(TransitionRefused, match="公示已经结束"):
        objected(case, 1)


def test_too_many_waiting_objections_are_refused(monkeypatch):
    monkeypatch.setattr(publicity, "MAX_OPEN_OBJECTIONS", 1)
    case = make_approved_claim()
    objected(case, 1)
    with pytest.raises(TransitionRefused, match="拨打本页电话"):
        objected(case, 2)


def decide(objection, *, upheld, by=None, decision="已核实（演示）"):
    return publicity.decide_objection(objection=objection, upheld=upheld, decision=decision, by=by or maker())


def test_upheld_strikes_out_dismissed_releases():
    case = make_approved_claim()
    decide(objected(case, 1), upheld=True)
    decide(objected(case, 2), upheld=False)
    assert states(case) == {"struck": 1, "public": 2}
    end_period(case)
    assert states(case) == {"struck": 1, "cleared": 2}
    assert disbursement.preview("140105").amount == 3760


def test_dismissed_after_the_period_is_cleared_at_once():
    case = make_approved_claim()
    objection = objected(case, 1)
    end_period(case)
    decide(objection, upheld=False)
    assert states(case) == {"cleared": 3}


def test_an_entry_with_another_objection_stays_frozen():
    case = make_approved_claim()
    first, second = objected(case, 1), objected(case, 1, 2)
    decide(first, upheld=False)
    assert states(case) == {"frozen": 2, "public": 1}
    decide(second, upheld=True)
    assert states(case) == {"struck": 2, "public": 1}


def test_an_objection_is_decided_once_with_words_and_by_who_may():
    objection = objected(make_approved_claim())
    by = maker()
    with pytest.raises(TransitionRefused, match="请填写处理意见"):
        decide(objection, upheld=True, by=by, decision="  ")
    for stranger in (make_staff("business", OTHER_COUNTY), make_staff("first"), finance()):
        with pytest.raises(TransitionRefused, match="权限或管辖地区"):
            decide(objection, upheld=True, by=stranger)
    decide(objection, upheld=True, by=by)
    with pytest.raises(TransitionRefused, match="异议成立"):
        decide(objection, upheld=False, by=by)


# --- Revocation ----------------------------------------------------------------------------------


def revoke(case):
    return workflow.perform(case, "revoke", by=maker("140000"), reason="核查发现问题（演示）")


def test_a_revoked_claim_is_taken_down_and_its_months_are_free():
    case = make_approved_claim()
    objection = objected(case, 1)
    assert revoke(case).status == Status.REVOKED
    assert states(case) == {"struck": 3}
    assert Publicity.objects.get(case=case).state == "withdrawn"
    objection.refresh_from_db()
    assert objection.state == "dismissed"
    assert not case.livingsubsidyclaim_record.months.filter(held=True).exists()
    assert ledger.differences() == []


def test_money_on_its_way_or_paid_keeps_a_claim_from_being_revoked():
    case = make_cleared()
    batch = make_batch(maker())
    with pytest.raises(TransitionRefused, match="已列入拨付批次"):
        revoke(case)
    disbursement.cancel_batch(batch=batch, reason="演示", by=maker())
    batch, by = make_sent(case)
    with pytest.raises(TransitionRefused, match="已列入拨付批次"):
        revoke(case)
    settle(batch, by)
    with pytest.raises(TransitionRefused, match="须先追回"):
        revoke(case)
    assert case.livingsubsidyclaim_record.months.filter(held=True).count() == 3
    disbursement.recover_payment(payment=batch.payments.get(), reason="单位已退回（演示）", by=finance())
    revoke(case)
    assert states(case) == {"recovered": 3}
    assert ledger.differences() == []
