"""A fresh second proof: what asks for it, what gives it, and when it is over."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import BankAccount, Consent, Individual
from review import matters, rules
from review.models import Case
from tests.accounts.conftest import last_code, sent_messages
from tests.factories import PASSWORD, make_bank_account, make_handler, make_individual
from tests.internship.support import set_figures

pytestmark = pytest.mark.django_db
CONFIRM = "/accounts/security/confirm/"
ADD = "/individual/bank-accounts/add/"
ACCOUNT = {"holder": "张演示", "bank": "中国工商银行", "account_no": "6222020000000000018", "consent": "on"}


@pytest.fixture
def person(client: Client) -> Individual:
    found = make_individual()
    client.force_login(found.user)
    return found


def confirm(client: Client, target: str = ADD):
    client.post(CONFIRM, {"send_code": "1", "next": target})
    return client.post(CONFIRM, {"code": last_code(), "next": target})


def test_a_bank_account_asks_who_is_below_level_four_for_a_second_proof(client: Client, person: Individual) -> None:
    answer = client.get(ADD)
    assert answer["Location"] == f"{CONFIRM}?next=%2Findividual%2Fbank-accounts%2Fadd%2F"
    assert confirm(client)["Location"] == ADD
    assert client.get(ADD).status_code == 200
    assert client.post(ADD, ACCOUNT).status_code == 302
    assert BankAccount.objects.get().individual == person


@pytest.mark.parametrize("level", [4, 5])
def test_level_four_needs_none(client: Client, person: Individual, level: int) -> None:
    person.level = level
    person.save()
    assert client.post(ADD, ACCOUNT).status_code == 302
    assert BankAccount.objects.exists()


def test_it_is_over_after_ten_minutes_and_what_was_typed_stays(client: Client, person: Individual, at) -> None:
    clock = at("2026-11-20 10:00")
    client.force_login(person.user)
    confirm(client)
    clock.tick(timedelta(seconds=599))
    assert client.get(ADD).status_code == 200
    clock.tick(timedelta(seconds=1))
    answer = client.post(ADD, ACCOUNT)
    assert not BankAccount.objects.exists()
    page = answer.content.decode()
    assert "身份确认已超过10分钟" in page
    assert ACCOUNT["account_no"] in page
    assert client.get(ADD).status_code == 302


def test_a_wrong_code_proves_nothing(client: Client, person: Individual) -> None:
    client.post(CONFIRM, {"send_code": "1"})
    wrong = "000000" if last_code() != "000000" else "000001"
    assert "验证码不正确" in client.post(CONFIRM, {"code": wrong}).content.decode()
    assert client.get(ADD).status_code == 302


def test_a_code_for_one_account_or_purpose_serves_no_other(client: Client, person: Individual) -> None:
    stranger, other = make_individual(), Client()
    other.force_login(stranger.user)
    other.post(CONFIRM, {"send_code": "1"})
    assert sent_messages()[-1][0] == stranger.user.mobile
    assert client.post(CONFIRM, {"code": last_code()}).status_code == 200
    Client().post("/accounts/login/?method=code", {"login": person.user.mobile, "send_code": "1"})
    assert client.post(CONFIRM, {"code": last_code()}).status_code == 200
    assert client.get(ADD).status_code == 302


def test_the_code_goes_to_the_accounts_own_number_whatever_is_posted(client: Client, person: Individual) -> None:
    client.post(CONFIRM, {"send_code": "1", "mobile": "13900009999"})
    assert [mobile for mobile, _ in sent_messages()] == [person.user.mobile]


def test_the_session_gets_a_new_key_with_its_new_rights(client: Client, person: Individual) -> None:
    before = client.session.session_key
    confirm(client)
    assert client.session.session_key != before


def test_another_session_of_the_same_account_has_proved_nothing(client: Client, person: Individual) -> None:
    confirm(client)
    other = Client()
    other.force_login(person.user)
    assert other.get(ADD).status_code == 302


def test_who_signed_in_by_code_has_just_proved_it(person: Individual) -> None:
    client = Client()
    login = "/accounts/login/?method=code"
    client.post(login, {"login": person.user.mobile, "send_code": "1"})
    client.post(login, {"login": person.user.mobile, "code": last_code()})
    assert client.get(ADD).status_code == 200


def test_a_password_alone_is_no_second_proof(person: Individual) -> None:
    client = Client()
    client.post("/accounts/login/", {"login": person.user.mobile, "password": PASSWORD})
    assert client.get("/individual/").status_code == 200
    assert client.get(ADD).status_code == 302


def test_the_page_never_leads_to_another_site(client: Client, person: Individual) -> None:
    assert confirm(client, "https://example.com/")["Location"] == "/accounts/security/"


def test_who_has_neither_phone_nor_app_is_told_what_to_do(client: Client, person: Individual) -> None:
    person.user.mobile = ""
    person.user.save()
    page = client.get(CONFIRM).content.decode()
    assert "启用动态口令" in page
    assert "经办窗口" in page
    assert client.post(CONFIRM, {"code": "123456"}).status_code == 200
    assert client.get(ADD).status_code == 302


def test_ending_an_account_asks_as_well(client: Client, person: Individual) -> None:
    account = make_bank_account(person)
    end = f"/individual/bank-accounts/{account.pk}/end/"
    assert client.post(end)["Location"].startswith(CONFIRM)
    confirm(client)
    client.post(end)
    account.refresh_from_db()
    assert account.ended_at


def test_another_persons_account_does_not_exist(client: Client, person: Individual) -> None:
    confirm(client)
    account = make_bank_account(make_individual())
    assert client.post(f"/individual/bank-accounts/{account.pk}/end/").status_code == 404


def test_a_units_account_asks_its_handler(client: Client) -> None:
    handler = make_handler()
    handler.user.mobile = "13811112222"
    handler.user.save()
    client.force_login(handler.user)
    add = "/unit/profile/bank-accounts/add/"
    assert client.get(add)["Location"].startswith(CONFIRM)
    confirm(client, add)
    client.post(add, ACCOUNT | {"holder": handler.unit.name, "account_no": "1402020200000000011"})
    assert BankAccount.objects.get().unit == handler.unit


def test_bank_data_asks_for_a_consent_of_its_own_once(client: Client, person: Individual) -> None:
    confirm(client)
    without = {name: value for name, value in ACCOUNT.items() if name != "consent"}
    assert "请阅读并单独同意" in client.post(ADD, without).content.decode()
    client.post(ADD, ACCOUNT)
    assert Consent.objects.filter(user=person.user, kind="bank", withdrawn_at=None).count() == 1
    assert "单独" not in client.get(ADD).content.decode()
    assert client.post(ADD, without | {"account_no": "6222020000000000026"}).status_code == 302
    assert BankAccount.objects.count() == 2


# --- Matters that ask for level 4 ---------------------------------------------------------------


@pytest.fixture
def strong(monkeypatch: pytest.MonkeyPatch) -> str:
    set_figures()
    monkeypatch.setattr(type(matters.get("trainee-application")), "real_name_level", 4)
    return "/individual/apply/trainee-application/"


def test_a_matter_of_level_four_starts_with_a_second_proof_instead(
    client: Client, person: Individual, strong: str
) -> None:
    page = client.get(strong).content.decode()
    assert "需要实名等级达到4级，或者先用短信验证码、动态口令确认是您本人" in page
    assert "确认身份" in page
    assert client.post(strong).status_code == 422
    assert not Case.objects.exists()
    confirm(client, strong)
    assert client.post(strong).status_code == 302
    assert Case.objects.exists()


def test_or_with_the_level(client: Client, person: Individual, strong: str) -> None:
    person.level = 4
    person.save()
    rules.check_start("trainee-application", person.user, person)
    assert client.post(strong).status_code == 302


def test_a_second_proof_does_not_stand_in_for_a_lower_level_that_is_missing(person: Individual, monkeypatch) -> None:
    monkeypatch.setattr(type(matters.get("trainee-application")), "real_name_level", 3)
    person.level = 2
    with pytest.raises(matters.StartRefused, match="实名等级达到3级"):
        rules.check_start("trainee-application", person.user, person, proved=True)
