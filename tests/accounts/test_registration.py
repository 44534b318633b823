"""Registration of individuals (A1) and units (A2)."""

import datetime

import pytest
from django.test import Client

from accounts.models import Consent, Handler, Individual, Unit, User
from tests.accounts.conftest import last_code
from tests.factories import PASSWORD, make_credit_code, make_handler, make_id_no, make_individual, make_unit

pytestmark = pytest.mark.django_db
INDIVIDUAL = "/accounts/register/individual/"
UNIT = "/accounts/register/unit/"
MOBILE = "13911110001"


@pytest.fixture
def code(client: Client, django_capture_on_commit_callbacks) -> str:
    """A code for MOBILE, asked for on the page."""
    with django_capture_on_commit_callbacks(execute=True):
        client.post(INDIVIDUAL, {"mobile": MOBILE, "send_code": "1"})
    return last_code()


def person(given_code: str, /, **changes: str) -> dict[str, str]:
    values = {
        "mobile": MOBILE,
        "code": given_code,
        "name": "张演示",
        "id_type": "01",
        "id_no": make_id_no(7),
        "password": PASSWORD,
        "password_again": PASSWORD,
        "agreement": "on",
    }
    return {name: value for name, value in (values | changes).items() if value}


def unit(**changes: str) -> dict[str, str]:
    values = {
        "username": "Yanshi_Unit",
        "legal_person_type": "01",
        "name": "演示单位（虚构）",
        "uscc": make_credit_code(77),
        "legal_representative": "李演示",
        "legal_representative_id_type": "01",
        "legal_representative_id_no": make_id_no(9),
        "mobile": "13911110002",
        "password": PASSWORD,
        "password_again": PASSWORD,
        "agreement": "on",
    }
    return {name: value for name, value in (values | changes).items() if value}


def test_a_person_registers_and_is_signed_in(client: Client, code: str) -> None:
    answer = client.post(INDIVIDUAL, person(code))
    assert answer["Location"] == "/individual/"
    individual = Individual.objects.get()
    assert client.session["_auth_user_id"] == str(individual.user_id)
    assert (individual.level, individual.sex, str(individual.birth_date)) == (2, "1", "2002-05-17")
    assert individual.user.mobile_verified_at
    assert individual.user.username != MOBILE


def test_consent_is_recorded_with_its_version_and_address(client: Client, code: str) -> None:
    client.post(INDIVIDUAL, person(code))
    found = Consent.objects.order_by("kind").values_list("kind", "version", "address")
    assert list(found) == [("privacy", "2026-11", "127.0.0.1"), ("terms", "2026-11", "127.0.0.1")]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"code": "000000"}, "验证码不正确或已失效"),
        ({"code": ""}, "短信验证码"),
        ({"name": ""}, "姓名"),
        ({"id_no": "14010520020517007"}, "应为18位，现在是17位"),
        ({"id_type": "08", "id_no": "G1"}, "护照号码应为"),
        ({"password": "abc", "password_again": "abc"}, "密码"),
        ({"password": "abcdefgh1", "password_again": "abcdefgh1"}, "至少三种"),
        ({"password_again": "Other-2026"}, "两次输入的密码不一致"),
        ({"agreement": ""}, "请阅读并同意"),
        ({"mobile": "123"}, "手机号码应为11位数字"),
    ],
)
def test_what_is_wrong_is_said_at_the_field_and_nothing_is_lost(
    client: Client, code: str, changes: dict[str, str], words: str
) -> None:
    changes = {"code": "000001" if code == "000000" else "000000"} if changes == {"code": "000000"} else changes
    sent = person(code, **changes)
    answer = client.post(INDIVIDUAL, sent)
    page = answer.content.decode()
    assert words in page
    for name in {"name", "id_no", "mobile"} & set(sent):
        assert sent[name] in page
    assert not Individual.objects.exists()


def test_children_do_not_register_by_themselves(client: Client, code: str, at) -> None:
    at("2026-11-21 10:00")
    young = make_id_no(7, birth=datetime.date(2012, 11, 22))
    assert "未满14周岁不能自行注册" in client.post(INDIVIDUAL, person(code, id_no=young)).content.decode()
    assert not Individual.objects.exists()


def test_other_mistakes_do_not_cost_the_code(client: Client, code: str) -> None:
    client.post(INDIVIDUAL, person(code, name=""))
    assert client.post(INDIVIDUAL, person(code))["Location"] == "/individual/"


def test_only_who_holds_the_number_learns_that_it_is_registered(
    client: Client, django_capture_on_commit_callbacks
) -> None:
    other = make_individual()
    mobile = other.user.mobile
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(INDIVIDUAL, {"mobile": mobile, "send_code": "1"})
    assert "已注册" not in answer.content.decode()
    wrong = "000001" if last_code() == "000000" else "000000"
    assert "已注册" not in client.post(INDIVIDUAL, person(wrong, mobile=mobile)).content.decode()
    answer = client.post(INDIVIDUAL, person(last_code(), mobile=mobile))
    assert "该手机号已注册" in answer.content.decode()


def test_an_id_number_that_others_claim_never_blocks(client: Client, code: str) -> None:
    make_individual(id_no=make_id_no(7), level=2)
    make_individual(id_no=make_id_no(7), level=3)
    assert client.post(INDIVIDUAL, person(code))["Location"] == "/individual/"


def test_a_unit_registers_and_its_registrant_becomes_supervisor(client: Client) -> None:
    answer = client.post(UNIT, unit())
    assert answer["Location"] == "/unit/"
    made = Unit.objects.get()
    handler = Handler.objects.get()
    assert (made.name, made.level, made.legal_representative_id_no) == ("演示单位（虚构）", 2, make_id_no(9))
    assert (handler.unit, handler.role, handler.user.username) == (made, "supervisor", "yanshi_unit")
    assert handler.user.mobile_verified_at is None
    assert Consent.objects.filter(user=handler.user).count() == 2


def test_a_credit_code_that_exists_leads_to_the_office(client: Client) -> None:
    make_unit(uscc=make_credit_code(77))
    answer = client.post(UNIT, unit())
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "账号申诉" in page
    assert "咨询电话" in page
    assert User.objects.count() == 0


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"username": "1abc"}, "法人账号应以字母开头"),
        ({"uscc": "91140105MA000077A"}, "统一社会信用代码应为18位，现在是17位"),
        ({"legal_representative_id_no": "123"}, "身份证号码应为18位"),
        ({"legal_person_type": ""}, "法人类型"),
        ({"agreement": ""}, "请阅读并同意"),
        ({"password": "yanshi_unit", "password_again": "yanshi_unit"}, "至少三种"),
    ],
)
def test_unit_mistakes_are_said_and_nothing_is_lost(client: Client, changes: dict[str, str], words: str) -> None:
    page = client.post(UNIT, unit(**changes)).content.decode()
    assert words in page
    assert "演示单位（虚构）" in page
    assert not Unit.objects.exists()


def test_a_taken_unit_account_is_told(client: Client) -> None:
    make_handler(user=User.objects.create_user("yanshi_unit", PASSWORD, name="甲演示"))
    assert "该账号已被使用" in client.post(UNIT, unit()).content.decode()


def test_signed_in_visitors_do_not_register_again(client: Client) -> None:
    client.force_login(make_individual().user)
    assert client.get(INDIVIDUAL)["Location"] == "/individual/"
    assert client.get(UNIT)["Location"] == "/individual/"


@pytest.mark.parametrize("path", ["/accounts/signup/", "/accounts/terms/", "/accounts/privacy/", INDIVIDUAL, UNIT])
def test_visitors_may_read_the_pages(client: Client, path: str) -> None:
    assert client.get(path).status_code == 200
