"""退休年龄计算器 and 养老金测算 for anybody, without signing in and without JavaScript."""

from datetime import date

import pytest
from django.test import Client

from common.models import PolicyValue
from tests.factories import make_region

pytestmark = pytest.mark.django_db
ESTIMATE = {
    "region": "360000",
    "rank": "M05",
    "birth": "1966-03",
    "joined": "1988-07",
    "retirement": "2026-07",
    "paid_months": "142",
    "index": "1.2",
    "deemed_months": "315",
    "account_balance": "120000",
    "annuity_balance": "40000",
}


@pytest.fixture(autouse=True)
def _province() -> None:
    make_region("360000")


def ask(client: Client, **changes: str) -> str:
    response = client.get("/retirement/estimate/", ESTIMATE | changes)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize(
    ("group", "birth", "month"),
    [
        ("male", "1964-12", "2024年12月"),
        ("male", "1965-01", "2025年2月"),
        ("male", "1965-04", "2025年5月"),
        ("male", "1965-05", "2025年7月"),
        ("female55", "1970-01", "2025年2月"),
        ("female50", "1975-02", "2025年3月"),
        ("female50", "1975-03", "2025年5月"),
    ],
)
def test_the_address_alone_gives_the_date_and_its_working(client: Client, group: str, birth: str, month: str) -> None:
    page = client.get(f"/retirement/?group={group}&birth={birth}").content.decode()
    assert f"{month}退休" in page
    assert "计算过程" in page
    assert "最低缴费年限" in page
    assert "以经办机构核定为准" in page


def test_who_may_choose_sees_the_window_and_the_notice_periods(client: Client) -> None:
    page = client.get("/retirement/?group=male&birth=1966-03").content.decode()
    assert "2026年3月至2029年7月" in page
    assert "前3个月书面告知" in page
    assert "提前1个月书面约定" in page


def test_an_official_is_told_that_staying_longer_is_not_open(client: Client) -> None:
    page = client.get("/retirement/?group=male&birth=1966-03&official=on").content.decode()
    assert "2026年3月至2026年7月" in page


def test_with_months_the_early_months_are_listed(client: Client) -> None:
    page = client.get("/retirement/?group=male&birth=1966-03&contributed=1").content.decode()
    assert "没有月份能达到最低缴费年限" in page
    page = client.get("/retirement/?group=male&birth=1966-03&contributed=400").content.decode()
    assert "达到最低缴费年限、可以弹性提前退休的月份：2026年3月" in page


@pytest.mark.parametrize(
    "query",
    ["group=male&birth=1965-13", "group=men&birth=1965-03", "birth=1965-03", "group=male&birth=",
     "group=male&birth=1899-12", "group=male&birth=%E2%91%A0", "group=male&birth=1965-03&contributed=9999999"],
)  # fmt: skip
def test_what_cannot_be_read_is_said_at_its_field(client: Client, query: str) -> None:
    response = client.get(f"/retirement/?{query}")
    assert response.status_code == 200
    assert "error-summary" in response.content.decode()
    assert "计算过程" not in response.content.decode()


def test_an_estimate_names_what_the_province_has_not_entered(client: Client) -> None:
    page = ask(client)
    assert "月养老金待遇：待配置" in page
    for name in ("视同缴费指数", "2025年度在岗职工月平均工资", "过渡系数"):
        assert f"<li>{name}</li>" in page


def test_figures_of_the_province_give_an_amount_with_their_source(client: Client) -> None:
    for key, value in (
        ("average_wage", "6000"),
        ("deemed_index.management", "管理五级:1.4"),
        ("transition_coefficient", "0.013"),
    ):
        PolicyValue.objects.create(
            key=key, value=value, region_id="360000", valid_from=date(2026, 1, 1), source="演示文件一号"
        )
    page = ask(client)
    assert "以经办机构核定为准）" in page
    assert "待配置" not in page
    assert "演示文件一号" in page


def test_what_somebody_tries_himself_is_marked_as_his(client: Client) -> None:
    page = ask(client, own_wage="6000", own_index="1.4", own_coefficient="1.3")
    assert "来源：本人填写" in page
    assert "待配置" not in page


def test_who_retired_in_the_ten_years_sees_both_methods(client: Client) -> None:
    page = ask(client, retirement="2023-05", birth="1963-05", paid_months="100")
    assert "老办法计算过程" in page
    assert "老办法计算过程" not in ask(client)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"joined": "1960-01"}, "应依次在后"),
        ({"paid_months": "0", "deemed_months": "0"}, "不能都为0"),
        ({"paid_months": "300"}, "超过参加工作至退休的月数"),
        ({"retirement": "2014-09", "paid_months": "0", "deemed_months": "200"}, "按原办法发放"),
        ({"birth": "x"}, "不是有效的年月"),
        ({"account_balance": "-1"}, "大于或等于"),
    ],
)
def test_contradictions_are_told(client: Client, changes: dict[str, str], reason: str) -> None:
    assert reason in ask(client, **changes)


def test_both_are_found_from_the_hall(client: Client) -> None:
    page = client.get("/public/").content.decode()
    assert 'href="/retirement/"' in page
    assert 'href="/retirement/estimate/"' in page
    assert "/retirement/" in client.get("/sitemap/").content.decode()


def test_the_calculator_leads_on_to_the_estimate_with_what_was_typed(client: Client) -> None:
    page = client.get("/retirement/?group=male&birth=1966-03").content.decode()
    assert "/retirement/estimate/?birth=1966-03&amp;retirement=2026-07" in page
    assert 'value="1966-03"' in client.get("/retirement/estimate/?birth=1966-03").content.decode()
