"""What cannot be stored: overlapping enrolments, months twice, impossible states; each told in a Chinese sentence."""

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from common import constraints
from insurance import actions, queries
from insurance.models import ContributionMonth, Enrolment, InsuredPerson, InsuredUnit, OutboundChange, Retiree
from tests.factories import make_individual, make_unit, make_user
from tests.insurance.support import (
    day,
    make_enrolment,
    make_insured_unit,
    make_months,
    make_person,
    make_retiree,
)

pytestmark = pytest.mark.django_db


def sentence(write) -> str | None:
    """What the reader is told when the database refuses."""
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        write()
    return constraints.explain(caught.value)


# --- Units and people ----------------------------------------------------------------------------


def test_an_institution_sees_the_insured_units_whose_numbers_it_holds_and_no_other():
    unit, other = make_unit(), make_unit()
    first, second, foreign = make_insured_unit(unit), make_insured_unit(unit), make_insured_unit(other)
    make_insured_unit()
    assert queries.insured_units(unit) == [first, second]
    assert foreign.unit == other
    assert make_insured_unit().unit is None


@pytest.mark.parametrize("number", ["1234567890", "12345678901a", "1234567890123"])
def test_a_unit_number_has_twelve_digits(number):
    with pytest.raises(ValidationError):
        InsuredUnit(number=number, name="演示", agency="演示").full_clean(exclude=["region"])


def test_an_id_number_belongs_to_one_insured_person():
    person = make_person()
    assert sentence(lambda: make_person(id_no=person.id_no)) == "该证件号码已有参保人员登记"


def test_the_id_number_is_stored_encrypted_and_found_by_its_digest():
    person = make_person()
    with connection.cursor() as cursor:
        cursor.execute("SELECT id_no FROM insurance_insuredperson WHERE id = %s", [person.pk])
        assert person.id_no not in cursor.fetchone()[0]
    assert InsuredPerson.objects.by_id_no(f" {person.id_no.lower()} ").get() == person


@pytest.mark.parametrize(("level", "found"), [(2, False), (3, True), (5, True)])
def test_a_person_sees_his_own_record_only_once_the_id_number_is_verified(level, found):
    person = make_person()
    individual = make_individual(id_no=person.id_no, level=level)
    assert (queries.person_of_individual(individual) == person) is found
    assert (person.individual == individual) is found


# --- Enrolments ----------------------------------------------------------------------------------


def test_enrolments_of_a_person_in_one_kind_do_not_overlap():
    first, second, person = make_insured_unit(), make_insured_unit(), make_person()
    make_enrolment(first, person, ends_on=day("2018-05"), state="suspended")
    told = sentence(lambda: make_enrolment(second, person, starts_on=day("2018-05")))
    assert told == "该人员在此期间已参加该险种，同一险种的参保时间不能重叠"
    make_enrolment(second, person, starts_on=day("2018-06"))
    make_enrolment(second, person, starts_on=day("2014-10"), kind="410")
    make_enrolment(second, make_person())
    assert Enrolment.objects.count() == 4


def test_of_two_enrolments_at_once_one_is_refused_whatever_the_units():
    person = make_person()
    make_enrolment(make_insured_unit(), person)
    assert "不能重叠" in (sentence(lambda: make_enrolment(make_insured_unit(), person)) or "")


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"ends_on": day("2020-01")}, "参保缴费的不能有停保年月，暂停或终止的应有停保年月"),
        ({"state": "suspended"}, "参保缴费的不能有停保年月，暂停或终止的应有停保年月"),
        ({"starts_on": day("2014-10-02")}, "年月应以该月第一天表示"),
        ({"base": Decimal(0)}, "缴费基数应大于0"),
        ({"kind": "999"}, "请从列表中选择险种"),
    ],
)
def test_impossible_enrolments_are_refused(fields, told):
    unit, person = make_insured_unit(), make_person()
    assert sentence(lambda: make_enrolment(unit, person, **fields)) == told


def test_in_service_are_the_active_and_the_suspended_of_the_unit():
    unit = make_insured_unit()
    active = make_enrolment(unit)
    suspended = make_enrolment(unit, state="suspended", ends_on=day("2020-01"))
    make_enrolment(unit, state="ended", ends_on=day("2020-01"))
    make_enrolment(make_insured_unit())
    make_enrolment(unit, kind="410")
    assert set(queries.people_in_service(unit)) == {active, suspended}


def test_a_person_of_another_unit_and_one_who_left_are_nobody_to_a_unit():
    unit, other = make_unit(), make_unit()
    mine, theirs = make_insured_unit(unit), make_insured_unit(other)
    here, retired, left = make_person(), make_person(), make_person()
    make_enrolment(mine, here)
    make_retiree(mine, retired)
    make_enrolment(mine, left, state="ended", ends_on=day("2020-01"))
    assert queries.person_of_unit(unit, here.number) == here
    assert queries.person_of_unit(unit, retired.number) == retired
    assert queries.person_of_unit(unit, left.number) is None
    assert queries.person_of_unit(other, here.number) is None
    assert queries.person_of_unit(unit, "0") is None
    assert Retiree.objects.of_unit(theirs).count() == 0


def test_the_newest_enrolment_tells_a_resumption_and_the_active_one_is_the_only_one():
    unit, person = make_insured_unit(), make_person()
    assert queries.last_enrolment(person) is None
    old = make_enrolment(unit, person, ends_on=day("2018-05"), state="suspended")
    assert queries.last_enrolment(person) == old
    assert queries.active_enrolment(person) is None
    new = make_enrolment(unit, person, starts_on=day("2019-01"))
    assert queries.active_enrolment(person) == queries.last_enrolment(person) == new


# --- Months --------------------------------------------------------------------------------------


def test_a_month_of_a_kind_is_due_once():
    unit, person = make_insured_unit(), make_person()
    make_months(person, unit, "2020-01", 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_months(person, unit, "2020-01", 1)
    (row,) = ContributionMonth.objects.all()
    copy = ContributionMonth(
        person=person, unit=unit, kind="120", month=row.month, base=1, unit_share=1, personal_share=1
    )
    with pytest.raises(ValidationError, match="该人员该月的缴费记录已存在"):
        copy.validate_constraints()


def test_months_are_spread_over_partitions_by_person():
    unit = make_insured_unit()
    for _ in range(30):
        make_months(make_person(), unit, "2020-01", 1)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(DISTINCT tableoid), count(*) FROM insurance_contributionmonth")
        partitions, rows = cursor.fetchone()
    assert rows == 30
    assert partitions > 5


def test_a_changed_month_keeps_what_was_there_before():
    unit, person = make_insured_unit(), make_person()
    (row,) = make_months(person, unit, "2020-01", 1, is_paid=False)
    row.is_paid = True
    row.save()
    assert ContributionMonth.objects.get().is_paid is True
    event = ContributionMonth.pgh_event_model.objects.get()
    assert (event.pgh_label, event.is_paid, event.person_id) == ("update", False, person.pk)
    ContributionMonth.objects.all().delete()
    assert ContributionMonth.pgh_event_model.objects.filter(pgh_label="delete").count() == 1


def test_months_are_counted_for_many_people_in_one_question(django_assert_num_queries):
    unit, first, second = make_insured_unit(), make_person(), make_person()
    make_months(first, unit, "2020-01", 14)
    make_months(first, unit, "2021-03", 2, is_paid=False)
    with django_assert_num_queries(3):
        assert queries.paid_months([first.pk, second.pk]) == {first.pk: 14, second.pk: 0}
        assert queries.paid_months([first.pk], before=day("2021-01")) == {first.pk: 12}
        assert queries.last_paid_months([first.pk, second.pk]) == {first.pk: day("2021-02")}


def test_arrears_of_a_person_and_of_a_unit_add_up_to_the_fen():
    unit, person = make_insured_unit(), make_person()
    make_months(person, unit, "2020-01", 3)
    assert not queries.person_arrears(person)
    assert not queries.unit_arrears(unit)
    make_months(person, unit, "2020-04", 2, is_paid=False, base="5432.10")
    make_months(make_person(), unit, "2020-06", 1, is_paid=False)
    owed = queries.person_arrears(person)
    assert (owed.months, owed.first, owed.last) == (2, day("2020-04"), day("2020-05"))
    assert owed.amount == 2 * (Decimal("869.14") + Decimal("434.57"))
    whole = queries.unit_arrears(unit)
    assert (whole.months, whole.first, whole.last) == (3, day("2020-04"), day("2020-06"))
    assert whole.amount == owed.amount + Decimal("1440.00")
    assert queries.people_in_arrears([person.pk]) == {person.pk}


def test_a_history_by_year_marks_what_is_owed_and_what_was_missed():
    unit, person = make_insured_unit(), make_person()
    make_months(person, unit, "2019-11", 3)
    make_months(person, unit, "2020-04", 1, is_paid=False)
    newest, oldest = queries.history(person)
    assert (newest.year, newest.paid, newest.owed, newest.gaps) == (2020, 1, 1, 2)
    assert [month.state.value for month in newest.months[:5]] == ["paid", "gap", "gap", "owed", "outside"]
    assert (oldest.year, oldest.paid, oldest.personal_share) == (2019, 2, Decimal("960.00"))
    assert queries.history(make_person()) == []


def test_the_sums_on_an_enrolment_follow_its_months():
    first, second, person = make_insured_unit(), make_insured_unit(), make_person()
    old = make_enrolment(first, person, starts_on=day("2019-01"), ends_on=day("2019-12"), state="ended")
    new = make_enrolment(second, person, starts_on=day("2020-01"))
    make_months(person, first, "2019-03", 2)
    make_months(person, second, "2020-01", 3)
    make_months(person, second, "2020-04", 1, is_paid=False)
    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.first_paid, old.last_paid, old.paid_months) == (day("2019-03"), day("2019-04"), 2)
    assert (new.first_paid, new.last_paid, new.paid_months) == (day("2020-01"), day("2020-03"), 3)


# --- Changes for the core system -----------------------------------------------------------------


def test_a_recorded_change_waits_to_be_sent_and_its_content_is_encrypted():
    person, user = make_person(), make_user()
    change = actions.record_change(OutboundChange.Kind.PERSON, person, {"name": "演示新名"}, None, by=user)
    assert (change.state, change.created_by) == ("pending", user)
    with connection.cursor() as cursor:
        cursor.execute("SELECT payload FROM insurance_outboundchange")
        assert "演示新名" not in cursor.fetchone()[0]
    assert queries.people_with_pending_change([person.pk]) == {person.pk}


def test_a_renamed_person_is_found_by_the_new_name_in_the_rosters():
    unit, person = make_insured_unit(), make_person(name="演示旧")
    enrolment, retiree = make_enrolment(unit, person), make_retiree(unit, person)
    person.name, person.number = "演示新", "3699999999"
    person.save()
    actions.refresh_copies(person, by=None)
    for row in (enrolment, retiree):
        row.refresh_from_db()
        assert row.person_number == "3699999999"
        assert "示新" in row.tokens
        assert "示旧" not in row.tokens


def test_birth_after_death_and_negative_balances_are_refused():
    assert sentence(lambda: make_person(died_on=datetime.date(1970, 1, 1))) == "死亡日期不能早于出生日期"
    assert sentence(lambda: make_person(account_balance=Decimal(-1))) == "储存额不能为负数"
