"""单位信息维护 (A8), bank accounts and 就业基本信息完善 (B0)."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client

from accounts import actions
from accounts.models import BankAccount, Handler, Individual
from tests.factories import COUNTY, make_bank_account, make_handler, make_id_no, make_individual, make_region, make_unit

pytestmark = pytest.mark.django_db
UNIT = "/unit/profile/"
INDIVIDUAL = "/individual/profile/"
REGION = {"region_0": "140000", "region_1": "140100", "region_2": "140105"}
HANDLING = {"handling_region_0": "140000", "handling_region_1": "140100", "handling_region_2": "140100"}


@pytest.fixture
def unit(client: Client):
    handler = make_handler(make_unit(region=None, handling_region=None, industry=""))
    make_region(COUNTY)
    make_region("140106")
    client.force_login(handler.user)
    return handler.unit


def values(**changes: str) -> dict[str, str]:
    given = {
        "legal_person_type": "01",
        "unit_type": "10",
        "industry": "I",
        "legal_representative": "李演示",
        "legal_representative_id_type": "01",
        "legal_representative_id_no": make_id_no(9),
        "registered_address": "演示路1号",
        "office_address": "演示路2号",
        "employee_count": "30",
        "business_scope": "软件开发",
        **REGION,
        **HANDLING,
    }
    return given | changes


def test_unit_data_is_kept_and_complete(client: Client, unit) -> None:
    assert "还缺：行业、行政区划、业务办理归属地" in client.get(UNIT).content.decode()
    answer = client.post(UNIT, values())
    assert answer["Location"] == UNIT
    unit.refresh_from_db()
    assert (unit.region_id, unit.handling_region_id, unit.office_address) == ("140105", "140100", "演示路2号")
    assert unit.is_complete
    assert "单位信息完整" in client.get(UNIT).content.decode()


def test_name_and_credit_code_are_final(client: Client, unit) -> None:
    before = (unit.name, unit.uscc, unit.level)
    client.post(UNIT, values(name="另一单位", uscc="1", level="5"))
    actions.save_unit_profile(
        unit=unit, values={"name": "另一单位", "uscc": "1", "level": 5}, by=unit.handlers.get().user
    )
    unit.refresh_from_db()
    assert (unit.name, unit.uscc, unit.level) == before


def test_nothing_typed_is_lost_after_a_mistake(client: Client, unit) -> None:
    page = client.post(UNIT, values(employee_count="many", business_scope="写了很久的经营范围")).content.decode()
    assert "写了很久的经营范围" in page
    assert '<option value="140105" selected>' in page
    unit.refresh_from_db()
    assert unit.business_scope == ""


def test_without_javascript_the_next_level_is_fetched_by_a_button(client: Client, unit) -> None:
    sent = values(region_1="140100", region_2="", region_refresh="1", legal_representative="")
    page = client.post(UNIT, sent).content.decode()
    assert "迎泽区" in page
    assert "error-summary" not in page
    unit.refresh_from_db()
    assert unit.region_id is None


def test_a_region_is_chosen_to_the_end(client: Client, unit) -> None:
    page = client.post(UNIT, values(region_2="")).content.decode()
    assert "请继续选择县" in page


def test_the_history_knows_who_changed_it(client: Client, unit) -> None:
    client.post(UNIT, values())
    last = unit.history.order_by("-pgh_id").first()
    assert last.pgh_context.metadata["user"] == unit.handlers.get().user_id


def test_the_representatives_number_is_typed_only_to_change_it(client: Client, unit) -> None:
    kept = unit.legal_representative_id_no
    page = client.get(UNIT).content.decode()
    assert kept not in page
    assert f"{kept[:6]}********{kept[-4:]}" in page
    client.post(UNIT, values(legal_representative_id_no=""))
    unit.refresh_from_db()
    assert unit.legal_representative_id_no == kept
    sent = values(legal_representative_id_no="", legal_representative_id_type="08")
    assert "请填写证件号码" in client.post(UNIT, sent).content.decode()
    client.post(UNIT, values(legal_representative_id_no="e12345678", legal_representative_id_type="08"))
    unit.refresh_from_db()
    assert unit.legal_representative_id_no == "E12345678"


def test_bank_accounts_are_added_once_and_ended(client: Client, unit) -> None:
    unit.level = 4  # below it a second proof is asked for (test_step_up)
    unit.save()
    sent = {"holder": unit.name, "bank": "中国工商银行", "cnaps": "102161000018", "account_no": "0502 1234 5678 9012"}
    sent |= {"consent": "on"}
    assert client.post(f"{UNIT}bank-accounts/add/", sent)["Location"] == UNIT
    account = BankAccount.objects.get()
    assert (account.unit, account.account_no) == (unit, "0502123456789012")
    page = client.get(UNIT).content.decode()
    assert "************9012" in page
    assert account.account_no not in page
    assert "该账号已添加" in client.post(f"{UNIT}bank-accounts/add/", sent).content.decode()
    assert client.post(f"{UNIT}bank-accounts/{account.pk}/end/")["Location"] == UNIT
    account.refresh_from_db()
    assert account.ended_at
    assert client.post(f"{UNIT}bank-accounts/add/", sent).status_code == 302


def test_another_units_bank_account_does_not_exist(client: Client, unit) -> None:
    other = make_bank_account(make_unit())
    assert client.post(f"{UNIT}bank-accounts/{other.pk}/end/").status_code == 404


def test_a_person_completes_the_employment_data(client: Client) -> None:
    person = make_individual()
    make_region(COUNTY)
    client.force_login(person.user)
    page = client.get(INDIVIDUAL).content.decode()
    assert person.id_no not in page
    assert person.user.mobile not in page
    sent = {
        "education": "21",
        "school": "演示大学",
        "graduated_on": "2025-07-01",
        "address": "演示小区1号",
        "household_region_0": "140000",
        "household_region_1": "140100",
        "household_region_2": "140105",
    }
    assert client.post(INDIVIDUAL, sent)["Location"] == INDIVIDUAL
    person.refresh_from_db()
    assert (person.education, person.household_region_id, person.address) == ("21", "140105", "演示小区1号")


def test_education_is_required(client: Client) -> None:
    person = make_individual()
    make_region(COUNTY)
    client.force_login(person.user)
    page = client.post(INDIVIDUAL, {"school": "演示大学"}).content.decode()
    assert "error-summary" in page
    assert "演示大学" in page


def test_name_and_id_are_final_once_verified() -> None:
    person = make_individual()
    change = {"name": "另一人", "id_no": make_id_no(99), "school": "演示大学"}
    actions.save_individual_profile(individual=person, values=change, by=person.user)
    person.refresh_from_db()
    assert (person.name, person.school) == ("张演示", "演示大学")


def test_before_that_a_correction_keeps_the_digest_in_step() -> None:
    person = make_individual(level=2)
    before = person.id_no_digest
    actions.save_individual_profile(individual=person, values={"id_no": make_id_no(99)}, by=person.user)
    person.refresh_from_db()
    assert person.id_no == make_id_no(99)
    assert person.id_no_digest != before


def test_one_verified_account_per_id_number() -> None:
    make_individual(id_no=make_id_no(7), level=3)
    make_individual(id_no=make_id_no(7), level=2)
    with pytest.raises(IntegrityError, match="individual_one_per_verified_id"), transaction.atomic():
        make_individual(id_no=make_id_no(7), level=3)


def test_one_account_per_verified_mobile_number() -> None:
    first, other = make_individual(), make_individual()
    other.user.mobile = first.user.mobile
    with pytest.raises(IntegrityError, match="user_one_per_verified_mobile"), transaction.atomic():
        other.user.save()


def test_a_handler_once_per_unit_while_active() -> None:
    handler = make_handler()
    with pytest.raises(IntegrityError, match="handler_once_per_unit"), transaction.atomic():
        make_handler(handler.unit, handler.user)
    Handler.objects.filter(pk=handler.pk).update(ended_at=handler.started_at)
    make_handler(handler.unit, handler.user)


def test_a_bank_account_has_one_owner() -> None:
    account = make_bank_account(make_unit())
    account.individual = make_individual()
    with pytest.raises(ValidationError, match="必须属于一个个人或一个单位"):
        account.full_clean()


def test_the_actions_need_an_actor() -> None:
    person = make_individual()
    with pytest.raises(TypeError):
        actions.save_individual_profile(individual=person, values={"school": "演示大学"})
    assert Individual.objects.get().school == ""


def test_the_unit_page_asks_the_same_number_of_queries(client: Client, unit, assert_same_queries_for_more_rows) -> None:
    count = assert_same_queries_for_more_rows(lambda: make_bank_account(unit), lambda: client.get(UNIT))
    assert count <= 12
