"""注销账号: refused with words while something runs; then erased what nothing obliges to keep, and the rest later."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.messaging.actions import send_message
from accounts.models import Consent, Delivery, Handler, Individual, Message, SignIn, User
from accounts.writing import Refused
from common import audit_chain, crypto
from hall import jobs
from hall.models import AccountClosure
from hall.my_data import retention
from hall.my_data.closing import close_account, obstacles
from internship.models import Trainee
from positions.models import Favourite
from review import workflow
from review.models import Case
from tests.accounts.conftest import last_code
from tests.factories import PASSWORD, make_bank_account, make_handler, make_individual, make_unit
from tests.hall.my_data.support import set_periods
from tests.internship.support import draft_trainee, make_trainee, set_figures
from tests.positions.support import make_position
from tests.reporting.support import make_placement
from tests.review.cases import load_steps

pytestmark = pytest.mark.django_db
CLOSE, CONFIRM = "/individual/my-data/close/", "/accounts/security/confirm/"


@pytest.fixture(autouse=True)
def _messages_in_memory(settings) -> None:
    settings.SMS_ADAPTER = "accounts.sms.MemorySms"


@pytest.fixture
def periods() -> None:
    set_periods()


def confirm(client: Client) -> None:
    client.post(CONFIRM, {"send_code": "1", "next": CLOSE})
    client.post(CONFIRM, {"code": last_code(), "next": CLOSE})


def reasons(person: Individual) -> str:
    return "；".join(obstacle.reason for obstacle in obstacles(person))


def test_closing_asks_again_who_it_is_and_for_a_tick(client: Client) -> None:
    person = make_individual()
    client.force_login(person.user)
    assert client.get(CLOSE)["Location"].startswith(CONFIRM)
    assert client.post(CLOSE, {"sure": "1"})["Location"].startswith(CONFIRM)
    confirm(client)
    assert client.post(CLOSE).status_code == 422
    assert not AccountClosure.objects.exists()
    assert client.post(CLOSE, {"sure": "1"})["Location"] == "/"
    assert AccountClosure.objects.get().user == person.user
    assert client.get("/individual/").status_code == 302


def test_the_account_is_gone_with_everything_that_nothing_obliges_to_keep() -> None:
    person = make_individual(address="演示路9号", school="演示大学", nation="01")
    mobile, id_no = person.user.mobile, person.id_no
    make_bank_account(person)
    send_message(user=person.user, occasion="password-changed", values={}, key="k")
    SocialAccount.objects.create(user=person.user, provider="individual", uid="u")
    close_account(individual=person, by=person.user)
    person, user = Individual.objects.get(), User.objects.get()
    assert (person.name, person.id_no, person.id_no_digest, person.address, person.school) == ("已注销", "", "", "", "")
    assert (user.name, user.mobile, user.mobile_digest, user.email) == ("已注销用户", "", "", "")
    assert not user.is_active
    assert not user.has_usable_password()
    for rows in (Message, Delivery, SocialAccount):
        assert not rows.objects.exists()
    assert not person.bank_accounts.exists()
    assert not User.objects.filter(mobile_digest=crypto.digest(mobile)).exists()
    assert not Individual.objects.filter(id_no_digest=crypto.digest(id_no)).exists()


def test_sessions_end_and_nobody_signs_in_again() -> None:
    person = make_individual()
    mobile, other = person.user.mobile, Client()
    other.force_login(person.user)
    SignIn.objects.create(user=person.user, session_key=other.session.session_key)
    close_account(individual=person, by=person.user)
    assert other.get("/individual/").status_code == 302
    answer = Client().post("/accounts/login/", {"login": mobile, "password": PASSWORD})
    assert "账号或密码不正确" in answer.content.decode()


def test_number_and_id_are_free_for_a_new_account() -> None:
    person = make_individual()
    mobile, id_no = person.user.mobile, person.id_no
    trainee = make_trainee(person)  # so that the name has to be kept
    close_account(individual=person, by=person.user)
    again = make_individual(id_no=id_no)
    again.user.mobile, again.user.mobile_verified_at = mobile, timezone.now()
    again.user.save()
    trainee.refresh_from_db()
    assert trainee.state == Trainee.State.ENDED


def test_archives_keep_the_name_and_the_page_says_so(client: Client, periods: None) -> None:
    person = make_individual()
    make_trainee(person)
    client.force_login(person.user)
    confirm(client)
    assert "按业务档案保存30年" in client.get(CLOSE).content.decode()
    close_account(individual=person, by=person.user)
    kept = Individual.objects.get(pk=person.pk)
    assert (kept.name, kept.id_no) == (person.name, person.id_no)
    assert AccountClosure.objects.get().identity_erased_at is None


def test_a_running_case_is_finished_first(client: Client) -> None:
    set_figures()
    load_steps("trainee-application")
    person = make_individual()
    case = workflow.perform(draft_trainee(person), "submit", by=person.user)
    assert f"“{case.number}”（未审核）还没有办结" in reasons(person)
    with pytest.raises(Refused, match="还没有办结"):
        close_account(individual=person, by=person.user)
    client.force_login(person.user)
    confirm(client)
    page = client.post(CLOSE, {"sure": "1"})
    assert page.status_code == 422
    assert f"/individual/cases/{case.number}/" in page.content.decode()
    workflow.perform(case, "withdraw", by=person.user)
    assert reasons(person) == ""


def test_drafts_and_favourites_end_with_the_account() -> None:
    set_figures()
    person = make_individual()
    case = draft_trainee(person)
    favourite = Favourite.objects.create(individual=person, position=make_position(), consent_version="1")
    close_account(individual=person, by=person.user)
    favourite.refresh_from_db()
    assert favourite.cancelled_at
    assert Case.objects.get(pk=case.pk).status == "closed"
    assert not Case.objects.get(pk=case.pk).drafts.exists()


def test_not_in_the_middle_of_an_internship() -> None:
    person = make_individual()
    make_trainee(person)
    make_placement(make_handler().unit, person=person)
    assert "您正在见习" in reasons(person)


def test_a_unit_is_never_left_without_a_supervisor() -> None:
    person, unit = make_individual(), make_unit()
    mine = make_handler(unit, person.user)
    assert "唯一的单位主管" in reasons(person)
    make_handler(unit)
    close_account(individual=person, by=person.user)
    mine.refresh_from_db()
    assert mine.ended_at
    assert Handler.objects.active().filter(unit=unit).count() == 1


def test_consents_stay_as_evidence_without_the_network_address() -> None:
    person = make_individual()
    Consent.objects.filter(user=person.user).update(address="10.0.0.1")
    close_account(individual=person, by=person.user)
    assert Consent.objects.filter(user=person.user, withdrawn_at__isnull=False, address=None).count() == 2


def test_closing_twice_is_refused_by_the_database() -> None:
    person = make_individual()
    close_account(individual=person, by=person.user)
    assert AccountClosure.objects.count() == 1


# --- Retention -------------------------------------------------------------------------------


def sweep() -> None:
    jobs.erase_what_is_past_its_period(timestamp=0)


def test_history_is_erased_when_logs_need_not_be_kept_any_more_and_the_chain_holds(periods: None, at) -> None:
    clock = at("2026-11-20 10:00")
    person = make_individual()
    close_account(individual=person, by=person.user)
    audit_chain.append()
    clock.tick(timedelta(days=180))
    sweep()
    assert person.history.exists()
    clock.tick(timedelta(days=7))
    sweep()
    assert not person.history.exists()
    assert not person.user.history.exists()
    closure = AccountClosure.objects.get()
    assert closure.account_history_erased_at
    assert closure.identity_history_erased_at
    assert audit_chain.verify() == []


def test_the_name_in_archives_is_erased_when_their_period_ends(periods: None, at) -> None:
    clock = at("2026-11-20 10:00")
    person = make_individual()
    make_trainee(person)
    close_account(individual=person, by=person.user)
    clock.tick(timedelta(days=366 * 30 - 1))
    sweep()
    assert Individual.objects.get(pk=person.pk).id_no
    assert not person.user.history.exists()
    clock.tick(timedelta(days=1))
    sweep()
    kept = Individual.objects.get(pk=person.pk)
    assert (kept.name, kept.id_no, kept.id_no_digest) == ("已注销", "", "")
    clock.tick(timedelta(days=187))
    sweep()
    assert not person.history.exists()
    assert not AccountClosure.objects.unfinished().exists()


def test_sign_ins_and_messages_go_after_their_periods(periods: None, at) -> None:
    clock = at("2026-11-20 10:00")
    user = make_individual().user
    SignIn.objects.create(user=user, session_key="x", ended_at=timezone.now())
    send_message(user=user, occasion="password-changed", values={}, key="k")
    clock.tick(timedelta(days=6 * 31))
    sweep()
    assert (SignIn.objects.count(), Message.objects.count()) == (1, 1)
    clock.tick(timedelta(days=1))
    sweep()
    assert (SignIn.objects.count(), Message.objects.count()) == (0, 1)
    clock.tick(timedelta(days=18 * 31))
    sweep()
    assert Message.objects.count() == 0


def test_deliveries_that_are_done_go_after_thirty_days(periods: None, at) -> None:
    clock = at("2026-11-20 10:00")
    person = make_individual()
    send_message(user=person.user, occasion="password-changed", values={}, key="k")
    Delivery.objects.update(state="dead")
    clock.tick(timedelta(days=30))
    sweep()
    assert Delivery.objects.count() == 1
    clock.tick(timedelta(seconds=1))
    sweep()
    assert Delivery.objects.count() == 0


def test_without_a_period_nothing_is_erased(at) -> None:
    clock = at("2026-11-20 10:00")
    person = make_individual()
    SignIn.objects.create(user=person.user, session_key="x")
    close_account(individual=person, by=person.user)
    clock.tick(timedelta(days=10_000))
    assert retention.sweep(by=None)["closed_accounts"] == 0
    assert person.history.exists()
    assert SignIn.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_last_supervisors_cannot_leave_at_once() -> None:
    unit, people = make_unit(), [make_individual(), make_individual(name="李演示")]
    for person in people:
        make_handler(unit, person.user)
    gate, results = threading.Barrier(2), list[Any]()

    def leave(person: Individual) -> None:
        gate.wait()
        try:
            close_account(individual=person, by=person.user)
            results.append("closed")
        except Refused:
            results.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=leave, args=[person]) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["closed", "refused"]
    assert Handler.objects.active().filter(unit=unit).count() == 1
