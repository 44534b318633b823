"""Invented lives are consistent, marked, and the same for the same seed."""

import datetime

import pytest
from django.core.management import CommandError, call_command

from common import identifiers
from insurance import queries
from insurance.models import ContributionMonth, Enrolment, InsuredPerson, InsuredUnit, Retiree
from tests.factories import make_region

pytestmark = pytest.mark.django_db


@pytest.fixture
def generated(at):
    at("2026-11-22 09:00")
    make_region()
    call_command("insurance_generate", units=3, persons=150, seed=7, region="140105", verbosity=0)


def test_every_life_is_within_the_rules_of_its_models(generated):
    for model in (InsuredUnit, InsuredPerson, Enrolment, Retiree):
        for row in model.objects.all():
            row.full_clean(validate_unique=False)
    for person in InsuredPerson.objects.all():
        assert identifiers.clean_id_no("01", person.id_no) == person.id_no
        assert "演示" in person.name
        assert person.work_started_on.year - person.birth_date.year >= 18


def test_months_lie_in_enrolments_and_sums_are_in_step(generated):
    for enrolment in Enrolment.objects.select_related("person"):
        months = ContributionMonth.objects.filter(person=enrolment.person, unit=enrolment.unit, is_paid=True).filter(
            month__gte=enrolment.starts_on, month__lte=enrolment.ends_on or datetime.date(2026, 10, 1)
        )
        assert enrolment.paid_months == months.count()
        assert enrolment.paid_months > 0
    assert ContributionMonth.objects.filter(month__gt=datetime.date(2026, 10, 1)).count() == 0


def test_there_are_raises_gaps_transfers_rests_retirements_and_arrears(generated):
    assert {"active", "suspended", "ended"} == set(Enrolment.objects.values_list("state", flat=True))
    assert {"6302", "6307", "6501"} <= set(Enrolment.objects.values_list("end_reason", flat=True))
    assert Retiree.objects.exists()
    first, debtor = InsuredUnit.objects.order_by("number")[:2]
    assert queries.unit_arrears(debtor)
    assert not queries.unit_arrears(first)
    person = Enrolment.objects.filter(state="active", paid_months__gt=100).first().person
    newest, *_, oldest = queries.history(person)
    assert newest.months[0].row.base > oldest.months[-1].row.base


def test_the_same_seed_invents_the_same_people(generated):
    before = list(InsuredPerson.objects.order_by("number").values_list("name", "birth_date", "identity"))
    for model in (ContributionMonth, Retiree, Enrolment, InsuredPerson):
        model.objects.all().delete()
    call_command("insurance_generate", units=3, persons=150, seed=7, region="140105", verbosity=0)
    assert list(InsuredPerson.objects.order_by("number").values_list("name", "birth_date", "identity")) == before


def test_production_gets_no_invented_people(settings):
    settings.PRODUCTION = True
    with pytest.raises(CommandError):
        call_command("insurance_generate", verbosity=0)
