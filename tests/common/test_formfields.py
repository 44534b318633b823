"""The region field keeps a chosen region, asks for what is missing, and works select by select."""

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse

from common import regions
from common.formfields import AnyRegionField, DateInput, HandlingRegionField, RegionField, SuggestInput, decode, encode
from common.models import Region
from tests.factories import make_region

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _some_places():
    make_region("140105")
    make_region("140106")
    make_region("220102")
    make_region("220100")
    # A city without counties (as 东莞), and a province with nothing below it (as 香港).
    province = Region.objects.create(code="440000", name="广东省", level="province")
    Region.objects.create(code="441900", name="东莞市", parent=province, level="city")
    Region.objects.create(code="810000", name="香港特别行政区", level="province")
    regions.forget()
    yield
    regions.forget()


def chosen(field: RegionField, *codes: str) -> Region | None:
    """What the field makes of these choices in its selects."""
    data = {f"place_{depth}": code for depth, code in enumerate(codes)}
    return field.clean(field.widget.value_from_datadict(data, None, "place"))


@pytest.mark.parametrize(
    ("field", "codes", "code"),
    [
        (RegionField, ("140000", "140100", "140105"), "140105"),
        (RegionField, ("440000", "441900"), "441900"),
        (RegionField, ("810000",), "810000"),
        (HandlingRegionField, ("140000", "140100", "140100"), "140100"),
        (HandlingRegionField, ("140000", "140100", "140106"), "140106"),
        (AnyRegionField, ("140000",), "140000"),
        (AnyRegionField, ("140000", "140100", ""), "140100"),
    ],
)
def test_a_region_is_chosen_when_nothing_is_left_to_choose(field, codes, code):
    assert chosen(field(), *codes).pk == code


@pytest.mark.parametrize(
    ("field", "codes", "reason"),
    [
        (RegionField, ("140000", ""), "已选择山西省，请继续选择市"),
        (RegionField, ("140000", "140100", ""), "已选择太原市，请继续选择县（市、区）"),
        (HandlingRegionField, ("140000", "140100"), "已选择太原市，请继续选择“市本级”或县（市、区）"),
        (RegionField, ("", ""), "请选择地区"),
        # A city does not handle what asks for the county where somebody lives.
        (RegionField, ("140000", "140100", "140100"), "已选择太原市，请继续选择县（市、区）"),
    ],
)
def test_what_is_missing_is_asked_for(field, codes, reason):
    with pytest.raises(ValidationError) as refusal:
        chosen(field(), *codes)
    assert refusal.value.messages == [reason]


def test_the_old_city_is_dropped_when_the_province_changes():
    assert encode(["220000", "140100", "140105"], "handling") == "220000/"


def test_a_code_alone_is_understood_as_drafts_and_prefilled_values_hold_it():
    field = HandlingRegionField()
    assert field.clean(field.widget.value_from_datadict({"place": "140100"}, None, "place")).pk == "140100"
    assert decode("140100", "handling") == ["140000", "140100", "140100"]
    assert decode("140100/", "handling") == ["140000", "140100"]


@pytest.mark.parametrize("code", ["999999", "abc", "140000", "1401"])
def test_other_codes_are_refused(code):
    with pytest.raises(ValidationError):
        RegionField().clean(code)


def test_regions_are_shown_with_the_places_above_them():
    assert HandlingRegionField().label_from_instance(Region(code="140100")) == "山西省太原市本级"
    assert RegionField().label_from_instance(Region(code="140105")) == "山西省太原市小店区"


class PlaceForm(forms.Form):
    place = HandlingRegionField(label="业务办理属地")


def test_a_form_that_comes_back_offers_the_next_select_and_keeps_the_choices():
    form = PlaceForm({"place_0": "140000", "place_1": "140100"})
    html = str(form["place"])
    assert 'name="place_2"' in html
    assert "市本级" in html
    assert '<option value="140100" selected>太原市</option>' in html
    assert form["place"].value() == "140100/"


def test_the_next_select_is_fetched_without_signing_in(client):
    address = reverse("common:region_options")
    answer = client.get(address, {"name": "place", "id": "id_place", "scope": "handling", "place_0": "220000"})
    html = answer.content.decode()
    assert '<option value="220100">长春市</option>' in html
    assert 'id="id_place_1"' in html
    assert "place_2" not in html


@pytest.mark.parametrize(
    "parameters",
    [{}, {"name": "a b", "id": "x", "scope": "any"}, {"name": "place", "id": "id_place", "scope": "all"}],
)
def test_fields_that_cannot_exist_are_not_found(client, parameters):
    assert client.get(reverse("common:region_options"), parameters).status_code == 404


def test_dates_are_written_for_the_date_picker():
    assert 'type="date"' in DateInput().render("day", "2026-03-01")


def test_suggestions_are_escaped_and_tied_to_their_input():
    html = SuggestInput(["<中国银行>"]).render("bank", "", {"id": "id_bank"})
    assert 'list="id_bank_list"' in html
    assert '<datalist id="id_bank_list"><option value="&lt;中国银行&gt;"></option></datalist>' in html
