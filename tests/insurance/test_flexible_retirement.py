"""弹性退休 as a matter of its own: notice periods, minimum contribution, calling off by agreement."""

import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from common.models import PolicyValue
from insurance import flexible_actions, flexible_rules
from insurance.claim_rules import ClaimRefused
from insurance.dossier import Dossier
from insurance.models import FlexibleChoice, FlexibleKind, FlexibleRetirement
from insurance.months import Month
from insurance.retirement import Group, retirement_day
from review.models import Case
from review.workflow import perform
from tests.factories import make_staff
from tests.insurance import claims
from tests.review.cases import attach, fill, load_steps

pytestmark = pytest.mark.django_db


@pytest.fixture
def young() -> claims.Claimant:
    """Somebody two years before the statutory month."""
    return claims.make_claimant(birth_date=claims.birth_for(Group.MALE, claims.this_month() + 24))


def first_day(month: Month) -> datetime.date:
    return datetime.date(month.year, month.month, 1)


def asked(claimant: claims.Claimant, kind: str, chosen: Month, written: datetime.date) -> FlexibleRetirement:
    return FlexibleRetirement(
        person=claimant.person,
        insured_unit=claimant.insured_unit,
        kind=kind,
        age_group="male",
        chosen_on=first_day(chosen),
        written_on=written,
    )


def check(claimant: claims.Claimant, record: FlexibleRetirement, today: datetime.date | None = None) -> None:
    flexible_rules.check(record, Dossier(claimant.person, claimant.enrolment), today)


def test_early_retirement_is_told_three_months_before(young: claims.Claimant) -> None:
    chosen = claims.statutory_month(young.person) - 1
    last = first_day(chosen - 3)
    check(young, asked(young, "early", chosen, last), today=last)
    late = last + datetime.timedelta(days=1)
    with pytest.raises(ClaimRefused, match="至少提前3个月书面告知") as refused:
        check(young, asked(young, "early", chosen, late), today=late)
    assert refused.value.field == "written_on"


def test_late_retirement_is_agreed_one_month_before_the_statutory_day(young: claims.Claimant) -> None:
    statutory = claims.statutory_month(young.person)
    last = retirement_day(young.person.birth_date, statutory - 1)
    check(young, asked(young, "late", statutory + 6, last), today=last)
    late = last + datetime.timedelta(days=1)
    with pytest.raises(ClaimRefused, match="至少1个月书面约定"):
        check(young, asked(young, "late", statutory + 6, late), today=late)


def test_early_retirement_needs_the_minimum_contribution(young: claims.Claimant) -> None:
    young.person.deemed_months = 0
    young.person.save()
    with pytest.raises(ClaimRefused, match=r"未达到.*最低缴费年限"):
        check(young, asked(young, "early", claims.statutory_month(young.person) - 1, first_day(claims.this_month())))


@pytest.mark.parametrize(("kind", "offset"), [("early", 0), ("early", -40), ("late", 0), ("late", 37)])
def test_the_month_lies_in_the_window(young: claims.Claimant, kind: str, offset: int) -> None:
    with pytest.raises(ClaimRefused, match="可选择的退休时间为"):
        check(young, asked(young, kind, claims.statutory_month(young.person) + offset, first_day(claims.this_month())))


def test_officials_may_not_stay_longer_unless_the_policy_says_so(young: claims.Claimant) -> None:
    young.person.identity = "301"
    young.person.save()
    record = asked(young, "late", claims.statutory_month(young.person) + 6, first_day(claims.this_month()))
    with pytest.raises(ClaimRefused, match="应按时退休"):
        check(young, record)
    PolicyValue.objects.create(
        key="flexible_delay_for_officials", value="on", valid_from="2025-01-01", source="演示依据"
    )
    check(young, record)


def submitted(claimant: claims.Claimant, **typed: Any) -> Case:
    load_steps("flexible-retirement")
    case = flexible_actions.start_flexible(unit=claimant.unit, person=claimant.person, age_group="male", by=claimant.by)
    values = {"person": str(claimant.person.pk), "age_group": "male", "written_on": f"{claims.this_month()}-01"}
    fill(case, {"choice": values | typed}, claimant.by)
    attach(case, "paper")
    return perform(case, "submit", by=claimant.by)


def late_choice(claimant: claims.Claimant) -> FlexibleChoice:
    month = claims.statutory_month(claimant.person) + 12
    claims.approve(submitted(claimant, kind="late", chosen_on=f"{month}-01"))
    return FlexibleChoice.objects.get()


def test_staying_longer_is_called_off_and_the_revocation_of_that_undone(young: claims.Claimant) -> None:
    choice = late_choice(young)
    assert (choice.kind, choice.ended_at) == (FlexibleKind.LATE, None)
    earlier = claims.statutory_month(young.person) + 3
    ending = claims.approve(submitted(young, kind="end", chosen_on=f"{earlier}-01"))
    choice.refresh_from_db()
    assert choice.ended_case == ending
    perform(ending, "revoke", by=make_staff("business", "140000"), reason="复核")
    choice.refresh_from_db()
    assert choice.ended_at is None


def test_without_an_agreement_there_is_nothing_to_call_off(young: claims.Claimant) -> None:
    record = asked(young, "end", claims.statutory_month(young.person) + 3, first_day(claims.this_month()))
    with pytest.raises(ClaimRefused, match="无需终止"):
        check(young, record)


def test_a_revoked_choice_never_was(young: claims.Claimant) -> None:
    choice = late_choice(young)
    perform(choice.case, "revoke", by=make_staff("business", "140000"), reason="复核")
    assert not FlexibleChoice.objects.exists()


def test_own_people_only_and_one_draft_each(young: claims.Claimant) -> None:
    client = Client()
    client.force_login(young.by)
    url = reverse("claims:choose_flexible", args=[young.person.number])
    assert client.get(reverse("claims:flexible_people")).status_code == 200
    assert client.get(url).status_code == 200
    assert client.post(url).status_code == 302
    assert client.post(url).status_code == 422
    assert Case.objects.count() == 1
    stranger = claims.make_claimant()
    assert client.get(reverse("claims:choose_flexible", args=[stranger.person.number])).status_code == 404
