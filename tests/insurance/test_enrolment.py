"""在职人员增加 and 在职人员减少 (E7, E8): the pages that a decision opens, what approval does, and its undoing."""

import datetime
import threading
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from common.models import PolicyValue
from common.transitions import TransitionRefused
from insurance import roster
from insurance.models import Enrolment, InsuredPerson, OutboundChange
from insurance.months import Month
from review import answers, matters, submission
from review.models import Case
from review.portal import case_url
from review.workflow import perform
from tests.factories import make_staff
from tests.insurance import enrolments
from tests.insurance.claims import approve, make_claimant, this_month
from tests.insurance.claims import submit as submit_claim
from tests.insurance.enrolments import Employer, make_employer, make_leaver
from tests.insurance.support import make_enrolment, make_insured_unit, make_months, make_person, make_retiree

pytestmark = pytest.mark.django_db


@pytest.fixture
def employer() -> Employer:
    return make_employer()


def client_of(employer: Employer) -> Client:
    client = Client()
    client.force_login(employer.by)
    return client


def young(**fields: object) -> InsuredPerson:
    return make_person(**({"birth_date": datetime.date(1992, 3, 4), "work_started_on": None} | fields))


def rested(employer: Employer, **fields: object) -> tuple[InsuredPerson, Enrolment]:
    """Somebody whose contributions rest since the end of 2023."""
    person = young()
    values = {"state": "suspended", "ends_on": datetime.date(2023, 12, 1), "end_reason": "6307"} | fields
    return person, make_enrolment(employer.insured_unit, person, starts_on=datetime.date(2020, 1, 1), **values)


def figures(average: str = "6000") -> None:
    year = this_month().year
    PolicyValue.objects.create(key="average_wage", value=average, valid_from=f"{year}-01-01", source="演示依据")
    for end, share in (("floor", "0.60"), ("ceiling", "3.00")):
        PolicyValue.objects.create(
            key=f"contribution_base_{end}", value=share, valid_from="2014-10-01", source="演示依据"
        )


def page_keys(case: Case) -> list[str]:
    return [page.key for page in matters.get(case.matter).pages(case, submission.load_values(case))]


def revoke(case: Case) -> Case:
    by = make_staff("business", f"{case.region_id[:2]}0000")
    return perform(case, "revoke", by=by, reason="复核发现材料不实")


# --- The decision and its pages -----------------------------------------------------------------


def test_the_decision_opens_the_pages_that_it_needs(employer: Employer) -> None:
    stranger = make_employer()
    newcomer = enrolments.complete(employer)
    known = enrolments.complete(employer, young())
    back = enrolments.complete(employer, rested(stranger)[0])
    rest = ["insurance", "wages", "base"]
    assert page_keys(newcomer) == ["identity", "decision", "key", "general", *rest]
    assert page_keys(known) == ["identity", "decision", "key", *rest]
    assert page_keys(back) == ["identity", "decision", *rest]


def test_the_page_shows_the_decision_and_a_refusal_keeps_what_was_typed(employer: Employer) -> None:
    case = enrolments.complete(employer)
    client = client_of(employer)
    assert "新登记" in client.get(case_url(case, "page", page="decision")).content.decode()
    active = make_enrolment(employer.insured_unit, young(name="演示在职"))
    typed = {"id_type": "01", "id_no": active.person.id_no, "name": "演示在职", "revision": "1"}
    response = client.post(case_url(case, "page", page="identity"), typed)
    assert response.status_code == 422
    assert "已在本单位参保缴费" in response.content.decode()
    assert 'value="演示在职"' in response.content.decode()


def test_sex_and_birth_date_come_from_the_card_and_are_not_asked(employer: Employer) -> None:
    case = enrolments.complete(employer)
    page = client_of(employer).get(case_url(case, "page", page="key")).content.decode()
    assert 'name="birth_date"' not in page
    assert 'name="sex"' not in page
    approve(perform(case, "submit", by=employer.by))
    assert InsuredPerson.objects.get(name=enrolments.NAME).birth_date == enrolments.BIRTH


def test_a_passport_tells_neither_so_both_are_asked(employer: Employer) -> None:
    identity = {"id_type": "08", "id_no": "E12345678"}
    case = enrolments.complete(employer, identity=identity)
    assert set(enrolments.problems_of(case)) == {"key.sex", "key.birth_date"}
    enrolments.fill(case, {"key": {"nation": "01", "work_started_on": "2020-07-01", "sex": "2"}}, employer.by)
    assert set(enrolments.problems_of(case)) == {"key.birth_date"}


def test_refusals_stand_at_the_number(employer: Employer) -> None:
    other = make_employer()
    retired, dead = young(), young(died_on=datetime.date(2025, 5, 1))
    make_retiree(employer.insured_unit, retired)
    elsewhere = make_enrolment(other.insured_unit, young()).person
    ended = rested(employer, state="ended", end_reason="6402")[0]
    for person, words in (
        (retired, "已退休"),
        (dead, "已登记死亡"),
        (elsewhere, "先由原单位办理在职人员减少"),
        (ended, "已终止"),
    ):
        found = enrolments.problems_of(enrolments.complete(employer, person))
        assert words in found["identity.id_no"], words
        assert other.unit.name not in str(found)


def test_who_reached_the_statutory_age_is_not_enrolled(employer: Employer) -> None:
    old = enrolments.newcomer_id(birth=datetime.date(1955, 1, 1))
    found = enrolments.problems_of(enrolments.complete(employer, identity={"id_no": old}))
    assert "达到法定退休年龄" in found["identity.id_no"]


def test_a_worker_of_fifty_shows_only_with_the_identity(employer: Employer) -> None:
    birth = datetime.date(this_month().year - 54, 1, 1)
    woman = next(n for n in (enrolments.newcomer_id(s, birth) for s in (900, 901)) if int(n[16]) % 2 == 0)
    typed = {"identity": {"id_no": woman}, "key": {"work_started_on": "1999-07-01"}}
    assert enrolments.problems_of(enrolments.complete(employer, **typed)) == {}
    worker = enrolments.complete(employer, **typed, insurance={"identity": "303"})
    assert "达到法定退休年龄" in enrolments.problems_of(worker)["identity.id_no"]


def test_held_facts_stand_there_to_read_and_cannot_be_typed_over(employer: Employer) -> None:
    person = young(work_started_on=datetime.date(2015, 7, 1))
    case = approve(enrolments.submit(employer, person))
    person.refresh_from_db()
    assert case.status == "approved"
    assert person.work_started_on == datetime.date(2015, 7, 1)


# --- Wage and base ------------------------------------------------------------------------------


@pytest.mark.parametrize(("average", "base"), [("6000", "4300.50"), ("9000", "5400.00"), ("1000", "3000.00")])
def test_wage_and_base_are_both_shown_and_stored(employer: Employer, average: str, base: str) -> None:
    figures(average)
    case = enrolments.complete(employer)
    page = client_of(employer).get(case_url(case, "page", page="base")).content.decode()
    assert "4300.50元" in page
    assert f"{base}元" in page
    approve(perform(case, "submit", by=employer.by))
    assert Enrolment.objects.get().base == Decimal(base)


def test_without_average_wage_the_base_stays_open_and_says_so(employer: Employer) -> None:
    case = enrolments.complete(employer)
    facts = {s.key: {a.label: a.text for a in s.answers} for s in answers.sections(case, submission.load_values(case))}
    assert facts["base"]["缴费基数"].startswith("待配置：上年度在岗职工月平均工资")
    approve(perform(case, "submit", by=employer.by))
    assert Enrolment.objects.get().base is None
    assert OutboundChange.objects.get().payload["base"] is None


def test_last_years_average_wage_is_not_carried_on(employer: Employer) -> None:
    figures()
    PolicyValue.objects.filter(key="average_wage").update(valid_from=f"{this_month().year - 1}-01-01")
    approve(enrolments.submit(employer))
    assert Enrolment.objects.get().base is None


# --- Approval -----------------------------------------------------------------------------------


def test_approval_makes_person_enrolment_and_change_at_once(employer: Employer) -> None:
    figures()
    case = enrolments.enrol(employer)
    person = InsuredPerson.objects.get()
    assert (person.name, person.identity, person.rank, person.education) == (enrolments.NAME, "302", "P11", "21")
    assert person.number == f"H{case.pk:011d}"
    enrolment = Enrolment.objects.get()
    assert (enrolment.person, enrolment.unit, enrolment.case) == (person, employer.insured_unit, case)
    assert list(roster.in_service(employer.insured_unit, roster.Choice())) == [enrolment]
    change = OutboundChange.objects.get()
    assert (change.kind, change.payload["starts_on"]) == ("register", str(this_month()))
    assert change.payload["mobile"] == "13800000071"
    assert "新登记" in matters.get(case.matter).outcome(case)


def test_resuming_moves_somebody_without_standing_in_two_rosters(employer: Employer) -> None:
    former = make_employer()
    person, before = rested(former)
    enrolments.enrol(employer, person)
    before.refresh_from_db()
    assert (before.state, before.ends_on, before.end_reason) == ("ended", datetime.date(2023, 12, 1), "6307")
    assert not Enrolment.objects.in_service(former.insured_unit).exists()
    assert Enrolment.objects.in_service(employer.insured_unit).get().person == person
    assert OutboundChange.objects.get().kind == "resume"


def test_the_resumption_begins_after_the_last_month(employer: Employer) -> None:
    person, _ = rested(employer)
    case = enrolments.complete(employer, person, insurance={"starts_on": "2023-12"})
    assert "应晚于该月" in enrolments.problems_of(case)["insurance.starts_on"]


def test_a_unit_with_several_numbers_says_through_which(employer: Employer) -> None:
    second = make_insured_unit(employer.unit)
    case = enrolments.complete(employer)
    assert set(enrolments.problems_of(case)) == {"insurance.insured_unit"}
    chosen = enrolments.pages()["insurance"] | {"insured_unit": str(second.pk)}
    enrolments.fill(case, {"insurance": chosen}, employer.by)
    approve(perform(case, "submit", by=employer.by))
    assert Enrolment.objects.get().unit == second


def test_what_came_in_between_stops_the_approval_and_changes_nothing(employer: Employer) -> None:
    person = young()
    case = enrolments.submit(employer, person)
    make_enrolment(make_employer().insured_unit, person)
    with pytest.raises(TransitionRefused, match="在其他单位参保"):
        approve(case)
    assert Case.objects.get(pk=case.pk).status == "submitted"
    assert not OutboundChange.objects.exists()


# --- Revocation ---------------------------------------------------------------------------------


def test_revocation_undoes_enrolment_change_and_resumption(employer: Employer) -> None:
    person, before = rested(employer)
    revoke(enrolments.enrol(employer, person))
    before.refresh_from_db()
    person.refresh_from_db()
    assert before.state == "suspended"
    assert Enrolment.objects.get() == before
    assert OutboundChange.objects.get().state == "cancelled"
    assert person.rank == ""


def test_who_was_registered_and_revoked_is_registered_anew(employer: Employer) -> None:
    revoke(enrolments.enrol(employer))
    again = enrolments.complete(employer)
    assert "general" in page_keys(again)
    approve(perform(again, "submit", by=employer.by))
    assert InsuredPerson.objects.count() == 1
    assert [c.kind for c in OutboundChange.objects.exclude(state="cancelled")] == ["register"]


def test_paid_months_or_a_sent_change_stand_against_revocation(employer: Employer) -> None:
    case = enrolments.enrol(employer)
    person = InsuredPerson.objects.get()
    make_months(person, employer.insured_unit, str(this_month()), 1)
    with pytest.raises(TransitionRefused, match="已有缴费记录"):
        revoke(case)
    assert Enrolment.objects.get().state == "active"


def test_after_a_withdrawal_the_enrolment_is_not_revoked(employer: Employer) -> None:
    case = enrolments.enrol(employer)
    enrolments.withdraw(employer, Enrolment.objects.select_related("person").get())
    with pytest.raises(TransitionRefused, match="此后已有变更"):
        revoke(case)


# --- One at a time ------------------------------------------------------------------------------


def test_a_second_case_for_the_same_person_is_refused(employer: Employer) -> None:
    mine = enrolments.submit(employer)
    second = enrolments.problems_of(enrolments.complete(employer))
    assert mine.number in second["identity.id_no"]
    elsewhere = enrolments.problems_of(enrolments.complete(make_employer()))
    assert "在其他单位有正在办理的" in elsewhere["identity.id_no"]
    assert mine.number not in elsewhere["identity.id_no"]


@pytest.mark.django_db(transaction=True)
def test_of_two_units_that_enrol_the_same_person_at_once_one_wins() -> None:
    cases = [enrolments.complete(make_employer()) for _ in range(2)]
    outcomes: list[str] = []
    gate = threading.Barrier(2)

    def hand_in(case: Case) -> None:
        try:
            gate.wait(20)
            outcomes.append(perform(case, "submit", by=enrolments.handler_of(case)).status)
        except (TransitionRefused, submission.Incomplete):
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=hand_in, args=[case]) for case in cases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(outcomes) == ["refused", "submitted"]


# --- 在职人员减少 -------------------------------------------------------------------------------


def test_people_are_chosen_from_the_units_own(employer: Employer) -> None:
    _, enrolment = make_leaver(employer)
    stranger = make_leaver()[1]
    client = client_of(employer)
    page = client.get(reverse("enrolments:withdraw_people"), {"q": enrolment.person.name}).content.decode()
    assert enrolment.person.number in page
    assert client.get(reverse("enrolments:withdraw", args=[stranger.person.number])).status_code == 404
    response = client.post(reverse("enrolments:withdraw", args=[enrolment.person.number]))
    assert response.status_code == 302
    assert client.post(reverse("enrolments:withdraw", args=[enrolment.person.number])).status_code == 422
    assert Case.objects.get().exclusive_key == f"person:{enrolment.person_id}"


def test_another_units_person_is_not_taken_from_a_changed_form(employer: Employer) -> None:
    make_leaver(employer)
    stranger = make_leaver()[1]
    with pytest.raises(submission.Incomplete) as refused:
        enrolments.submit_withdrawal(employer, stranger)
    assert "请从本单位人员中选择" in str(refused.value)


@pytest.mark.parametrize(
    ("cause", "state", "reason"),
    [("630101", "suspended", "6301"), ("640401", "ended", "6404"), ("640101", "ended", "6401")],
)
def test_approval_suspends_or_ends_at_once(employer: Employer, cause: str, state: str, reason: str) -> None:
    _, enrolment = make_leaver(employer)
    enrolments.withdraw(employer, enrolment, cause=cause, destination="演示单位")
    enrolment.refresh_from_db()
    assert (enrolment.state, enrolment.end_reason) == (state, reason)
    assert Month.of(enrolment.ends_on) == this_month()
    died_on = InsuredPerson.objects.get(pk=enrolment.person_id).died_on
    assert bool(died_on) is (cause == "640101")
    assert (change := OutboundChange.objects.get()).kind == "withdraw"
    assert change.payload["reason"] == reason


def test_arrears_are_warned_about_and_do_not_block(employer: Employer) -> None:
    _, enrolment = make_leaver(employer)
    make_months(enrolment.person, employer.insured_unit, str(this_month()), 1, is_paid=False)
    url = reverse("enrolments:withdraw", args=[enrolment.person.number])
    assert "仍应由单位补缴" in client_of(employer).get(url).content.decode()
    assert enrolments.withdraw(employer, enrolment).status == "approved"


def test_leaving_the_unit_says_where_to(employer: Employer) -> None:
    _, enrolment = make_leaver(employer)
    with pytest.raises(submission.Incomplete, match="请填写去向单位"):
        enrolments.submit_withdrawal(employer, enrolment, cause="630201")


def test_revoking_a_withdrawal_gives_the_enrolment_back(employer: Employer) -> None:
    _, enrolment = make_leaver(employer)
    revoke(enrolments.withdraw(employer, enrolment, cause="640101"))
    enrolment.refresh_from_db()
    assert (enrolment.state, enrolment.ends_on, enrolment.end_reason) == ("active", None, "")
    assert InsuredPerson.objects.get(pk=enrolment.person_id).died_on is None
    assert OutboundChange.objects.get().state == "cancelled"


def test_who_is_enrolled_elsewhere_since_does_not_come_back(employer: Employer) -> None:
    _, enrolment = make_leaver(employer)
    last_month = this_month() - 1
    day = f"{last_month}-28"
    case = enrolments.withdraw(employer, enrolment, left_on=day, ends_on=str(last_month))
    enrolments.enrol(make_employer(), enrolment.person, insurance={"reason": "3"})
    with pytest.raises(TransitionRefused, match="已在其他单位参保"):
        revoke(case)


def test_whose_pension_is_claimed_is_not_withdrawn() -> None:
    claimant = make_claimant()
    submit_claim(claimant)
    employer = Employer(claimant.unit, claimant.by, claimant.insured_unit)
    with pytest.raises(submission.Incomplete, match="养老金申领"):
        enrolments.submit_withdrawal(employer, claimant.enrolment)


def test_ten_working_days_for_both() -> None:
    for code in ("employee-enrolment", "employee-withdrawal"):
        assert sum(step.days for step in matters.get(code).steps) == 10
