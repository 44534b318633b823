"""我的数据: everything that is held, masked to look at, whole in a copy that is asked for twice, logged and marked."""

import hashlib
import json

import pypdfium2
import pytest
from django.test import Client

from accounts import actions, consents
from accounts.models import BankAccount, Consent, Individual
from hall.models import DataExport
from tests.accounts.conftest import last_code
from tests.factories import make_bank_account, make_handler, make_individual
from tests.hall.my_data.support import set_periods
from tests.insurance.support import make_person
from tests.internship.support import make_trainee
from tests.reporting.support import make_placement

pytestmark = pytest.mark.django_db
PAGE, COPY = "/individual/my-data/", "/individual/my-data/copy/"
CONFIRM = "/accounts/security/confirm/"


@pytest.fixture(autouse=True)
def _messages_in_memory(settings) -> None:
    settings.SMS_ADAPTER = "accounts.sms.MemorySms"


@pytest.fixture
def person(client: Client) -> Individual:
    found = make_individual(address="演示路9号3单元501室", school="演示大学")
    client.force_login(found.user)
    return found


def confirm(client: Client) -> None:
    client.post(CONFIRM, {"send_code": "1", "next": PAGE})
    assert client.post(CONFIRM, {"code": last_code(), "next": PAGE})["Location"] == PAGE


def test_the_page_names_every_purpose_with_basis_and_period(client: Client, person: Individual) -> None:
    set_periods()
    page = client.get(PAGE).content.decode()
    for purpose in (
        "注册和登录",
        "核对身份",
        "就业基本信息",
        "发放补贴和待遇",
        "办理业务",
        "登录记录",
        "您同意过的内容",
    ):
        assert purpose in page
    assert page.count("依据：") == page.count("保存期限：") > 10
    assert "保存6个月后删除" in page
    assert "按业务档案保存30年" in page


def test_a_period_that_is_not_set_is_not_guessed(client: Client, person: Individual) -> None:
    assert "保存期限待配置" in client.get(PAGE).content.decode()


def test_what_is_sensitive_is_masked(client: Client, person: Individual) -> None:
    account = make_bank_account(person)
    page = client.get(PAGE).content.decode()
    for secret in (person.id_no, person.user.mobile, person.address, account.account_no):
        assert secret not in page
    assert f"{person.id_no[:6]}********{person.id_no[-4:]}" in page


def test_everything_of_the_person_and_nothing_of_others_is_there(client: Client, person: Individual) -> None:
    other = make_individual(name="李演示", school="别处大学")
    make_bank_account(other, bank="别处银行")
    make_trainee(person)
    placement = make_placement(make_handler().unit, person=person)
    page = client.get(PAGE).content.decode()
    assert placement.unit.name in page
    assert "演示大学" in page
    assert "别处" not in page


def test_insurance_is_shown_to_verified_people_only(client: Client) -> None:
    """An unverified claim to an ID number opens nobody's record (matters A1)."""
    true, claimed = make_individual(), make_individual(level=2)
    Individual.objects.filter(pk=claimed.pk).update(id_no_digest=true.id_no_digest)
    make_person(id_no=true.id_no, name="参保演示")
    client.force_login(claimed.user)
    assert "参保演示" not in client.get(PAGE).content.decode()
    client.force_login(true.user)
    assert "参保演示" in client.get(PAGE).content.decode()


def test_verified_names_lead_to_the_counter(client: Client, person: Individual) -> None:
    assert "不能自行修改；有误请到经办窗口更正" in client.get(PAGE).content.decode()


def test_a_copy_asks_again_who_it_is(client: Client, person: Individual) -> None:
    answer = client.post(COPY, {"format": "json"})
    assert answer["Location"] == f"{CONFIRM}?next=%2Findividual%2Fmy-data%2F"
    assert not DataExport.objects.exists()


def test_a_copy_is_whole_and_logged(client: Client, person: Individual) -> None:
    account = make_bank_account(person)
    confirm(client)
    answer = client.post(COPY, {"format": "json"})
    assert answer["Content-Disposition"].startswith("attachment")
    content = json.loads(answer.content)
    facts = {item["项目"]: item["内容"] for held in content["数据"] for record in held["记录"] for item in record}
    assert facts["证件号码"] == person.id_no
    assert facts["常住地址"] == person.address
    assert facts["账号"] == account.account_no
    logged = DataExport.objects.get()
    assert (logged.user, logged.format, logged.address) == (person.user, "json", "127.0.0.1")
    assert logged.sha256 == hashlib.sha256(answer.content).hexdigest()


def test_the_pdf_says_on_every_page_whose_copy_it_is(client: Client, person: Individual) -> None:
    for number in range(40):
        actions.agree(by=person.user, address=None, agreements=[consents.Agreement("demo", "演示", str(number))])
    confirm(client)
    answer = client.post(COPY, {"format": "pdf"})
    assert answer["Content-Type"] == "application/pdf"
    pages = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(answer.content)]
    assert len(pages) > 1
    assert all(f"{person.name} 本人导出" in page for page in pages)
    assert any(person.id_no in page for page in pages)


def test_other_formats_do_not_exist(client: Client, person: Individual) -> None:
    confirm(client)
    assert client.post(COPY, {"format": "exe"}).status_code == 404
    assert client.get(COPY).status_code == 405


def test_the_consent_to_bank_data_is_withdrawn_after_a_confirmation(client: Client, person: Individual) -> None:
    withdraw = f"{PAGE}consent/withdraw/"
    assert client.post(withdraw)["Location"] == PAGE  # nothing was given
    actions.agree(by=person.user, address=None, agreements=[consents.BANK])
    make_bank_account(person)
    assert "撤回对银行账户信息的同意" in client.get(PAGE).content.decode()
    assert client.get(withdraw).status_code == 200
    assert BankAccount.objects.get().ended_at is None
    client.post(withdraw)
    assert BankAccount.objects.get().ended_at
    assert not Consent.objects.filter(kind="bank", withdrawn_at=None).exists()


def test_units_have_no_such_page(client: Client) -> None:
    client.force_login(make_handler().user)
    assert client.get(PAGE).status_code == 403


def test_the_page_asks_the_same_number_of_queries(
    client: Client, person: Individual, assert_same_queries_for_more_rows
) -> None:
    assert assert_same_queries_for_more_rows(lambda: make_bank_account(person), lambda: client.get(PAGE)) <= 40
