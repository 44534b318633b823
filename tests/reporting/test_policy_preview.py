"""Policies on the staff site: who is affected is told before anything is saved, and what is claimed never changes."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client

from common.models import PolicyValue
from reporting.models import ClaimedMonth, LivingSubsidyClaim, PersonMonth
from reporting.recomputation import compare, computed, gathered
from reporting.rules import days_in
from reporting.subsidy_policies import FiguresBook
from tests.factories import make_region, make_staff
from tests.internship.support import set_policy
from tests.reporting.claims_support import make_claiming, make_intern, make_month, months_before, set_jilin, submitted

pytestmark = pytest.mark.django_db
LIST = "/admin/common/policyvalue/"


@pytest.fixture
def unit(db):
    set_jilin()
    return make_claiming().unit


@pytest.fixture
def keeper(client, unit) -> Client:
    """业务管理 of the province, signed in."""
    user = make_staff("business", "140000")
    client.force_login(user)
    return client


def typed(**values: str) -> dict[str, str]:
    return {
        "key": "minimum_wage",
        "region": "140105",
        "value": "1900",
        "valid_from": "2020-01-01",
        "valid_to": "",
        "source": "测试依据",
        "note": "",
    } | values


def test_a_new_value_is_shown_with_who_is_affected_and_stored_when_confirmed(keeper, unit) -> None:
    make_intern(unit, months=3)
    page = keeper.post(f"{LIST}add/", typed()).content.decode()
    assert "保存前请核对影响范围" in page
    assert "3个人月，补贴合计由5,640.00元变为5,700.00元（+60.00元）" in page
    assert not PolicyValue.objects.filter(value="1900").exists()
    answer = keeper.post(f"{LIST}add/", typed() | {"_confirmed": "1"})
    assert answer["Location"] == LIST
    assert PolicyValue.objects.filter(value="1900", region_id="140105").exists()


def test_what_is_claimed_is_told_apart_and_stays(keeper, unit) -> None:
    make_intern(unit, months=3)
    case = submitted("living-subsidy", unit.handlers.get())
    page = keeper.post(f"{LIST}add/", typed()).content.decode()
    assert "没有受影响的人月" in page
    assert "已申领和已拨付的金额不变" in page
    keeper.post(f"{LIST}add/", typed() | {"_confirmed": "1"})
    assert LivingSubsidyClaim.objects.get(pk=case.pk).amount == Decimal("5640.00")
    assert set(ClaimedMonth.objects.values_list("amount", flat=True)) == {Decimal("1880.00")}


def test_a_threshold_that_rises_above_the_pay_takes_the_subsidy_away(keeper, unit) -> None:
    make_intern(unit, months=3)
    page = keeper.post(f"{LIST}add/", typed(value="2000")).content.decode()  # threshold 3200, paid 3100
    assert "补贴合计由5,640.00元变为0.00元（-5,640.00元）" in page


def test_a_change_shows_the_old_value_beside_the_new_one(keeper, unit) -> None:
    row = set_policy("subsidy_months_min", "3", make_region("140105").code)
    make_intern(unit, months=2)
    values = typed(key="subsidy_months_min", value="2")
    page = keeper.post(f"{LIST}{row.pk}/change/", values).content.decode()
    assert "原值" in page
    assert "3个月" in page
    assert "2个尚未申领的人月以后按新参数办理" in page
    row.refresh_from_db()
    assert row.value == "3"


def test_faults_are_shown_before_any_preview(keeper) -> None:
    page = keeper.post(f"{LIST}add/", typed(value="很多")).content.decode()
    assert "最低工资标准应为" in page
    assert "保存前请核对影响范围" not in page
    page = keeper.post(f"{LIST}add/", typed(key="partial_month", value="full:0")).content.decode()
    assert "首尾不足月的计算应填写" in page


def test_another_regions_policy_is_neither_previewed_nor_stored(keeper, unit) -> None:
    make_region("220102")
    page = keeper.post(f"{LIST}add/", typed(region="220102") | {"_confirmed": "1"}).content.decode()
    assert "只能维护您管辖地区的参数" in page
    row = set_policy("minimum_wage", "1700", "220102")
    answer = keeper.post(f"{LIST}{row.pk}/change/", typed(region="220102", value="1"))
    assert "保存前请核对影响范围" not in answer.content.decode()
    row.refresh_from_db()
    assert row.value == "1700"


def test_deleting_tells_who_is_affected(keeper, unit) -> None:
    row = set_policy("minimum_wage", "1900", make_region("140105").code)
    make_intern(unit, months=3)
    page = keeper.get(f"{LIST}{row.pk}/delete/").content.decode()
    assert "补贴合计由5,700.00元变为5,640.00元（-60.00元）" in page


def test_a_province_is_computed_as_single_months_are(unit) -> None:
    make_intern(unit, months=3)
    make_intern(unit, months=2, name="李演示", category="Y1")
    low = make_intern(unit, months=1, name="低演示")
    PersonMonth.objects.filter(placement=low).update(net_pay="3007.99")
    groups = list(computed(gathered(PersonMonth.objects.in_force()), FiguresBook.load()))
    assert sum(len(group.pays) for group in groups) == 6
    assert sum(group.paid for group in groups) == 5
    assert sum(group.amount for group in groups) == 2 * Decimal("1128.00") + 3 * Decimal("1880.00")


def test_days_within_the_term_are_counted_by_the_database_as_by_the_rules(unit) -> None:
    first = months_before(3)[0]
    for number, starts_on in enumerate((first, first + timedelta(days=9), first + timedelta(days=27))):
        intern = make_intern(unit, months=0, name=f"演示{number}", starts_on=starts_on)
        make_month(intern, first)
    (row,) = gathered(PersonMonth.objects.in_force())
    assert sorted(code & 31 for code in row[3]) == sorted(days_in(first) - skipped for skipped in (0, 9, 27))
    assert {code >> 5 for code in row[3]} == {310000}


def test_equal_books_change_nothing(unit) -> None:
    make_intern(unit, months=3)
    assert compare(PersonMonth.objects.in_force(), FiguresBook.load(), FiguresBook.load()) == []
