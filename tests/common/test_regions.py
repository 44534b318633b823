"""Regions: parents, names as shown, and the scope of an office."""

import csv

import pytest

from common import regions
from common.management.commands import load_regions
from common.models import Region

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _regions(all_regions: None) -> None:
    pass


def test_loading_twice_changes_nothing() -> None:
    before = list(Region.objects.values_list())
    load_regions.load()
    assert list(Region.objects.values_list()) == before
    with load_regions.DATA.open(encoding="utf-8") as lines:
        assert len(before) == sum(1 for _ in csv.DictReader(lines)) == 3212


def test_ancestors_run_from_the_region_itself_to_its_province() -> None:
    assert [place.code for place in regions.ancestors("140105")] == ["140105", "140100", "140000"]


@pytest.mark.parametrize(
    ("code", "ancestors", "name"),
    [
        ("140105", ["140105", "140100", "140000"], "山西省太原市小店区"),
        ("110101", ["110101", "110000"], "北京市东城区"),
        ("429004", ["429004", "420000"], "湖北省仙桃市"),
        ("441900", ["441900", "440000"], "广东省东莞市"),
    ],
)
def test_municipalities_and_counties_under_a_province_have_no_city(code: str, ancestors: list[str], name: str) -> None:
    assert [place.code for place in regions.ancestors(code)] == ancestors
    assert regions.path_name(code) == name


def test_a_city_handles_its_own_cases_as_the_city_itself() -> None:
    assert regions.handling_name("140100") == "太原市本级"
    assert regions.handling_path_name("140100") == "山西省太原市本级"
    assert regions.handling_name("140105") == "小店区"
    assert regions.handling_name("441900") == "东莞市"
    assert regions.handling_name("140000") == "山西省"


def test_the_second_select_offers_the_city_itself_before_its_counties() -> None:
    choices = regions.handling_choices("140100")
    assert choices[0] == ("140100", "市本级")
    assert ("140105", "小店区") in choices
    assert all(code.startswith("1401") for code, _ in choices)
    assert len(choices) == 1 + len(regions.children("140100"))


def test_a_city_without_counties_offers_only_itself() -> None:
    assert regions.handling_choices("441900") == [("441900", "东莞市")]


def test_a_municipality_offers_its_districts() -> None:
    assert ("110101", "东城区") in regions.handling_choices("110000")
    assert all(code != "110000" for code, _ in regions.handling_choices("110000"))


@pytest.mark.parametrize(
    ("code", "scope", "inside"),
    [
        ("140105", "140000", True),
        ("140105", "140100", True),
        ("140105", "140105", True),
        ("140100", "140105", False),
        ("140200", "140100", False),
        ("140105", "220000", False),
        ("429004", "420000", True),
        ("429005", "429004", False),
        ("110101", "110000", True),
        ("", "140000", False),
    ],
)
def test_scope_covers_the_region_itself_and_what_lies_below(code: str, scope: str, inside: bool) -> None:
    assert regions.in_scope(code, scope) is inside


@pytest.mark.parametrize("scope", ["140000", "140100", "140105", "429004", "110000", "441900"])
def test_the_condition_for_queries_agrees_with_the_check_for_one_row(scope: str) -> None:
    found = set(Region.objects.filter(regions.scope_q("code", scope)).values_list("code", flat=True))
    assert found == {code for code in Region.objects.values_list("code", flat=True) if regions.in_scope(code, scope)}


def test_the_condition_works_on_a_foreign_key() -> None:
    below = Region.objects.filter(regions.scope_q("parent", "140100"))
    assert {place.code for place in below} == {place.code for place in regions.children("140100")}


def test_an_unknown_code_is_refused_in_words() -> None:
    assert not regions.exists("999999")
    with pytest.raises(regions.UnknownRegion, match="没有区划代码为999999的地区"):
        regions.get("999999")


def test_city_and_province_of_a_region() -> None:
    assert regions.city_of("140105") == "140100"
    assert regions.city_of("429004") == "420000"
    assert regions.province_of("140105") == "140000"
