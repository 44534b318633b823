"""Placements on the staff site: of the own regions, masked, with those whose term is over."""

import pytest
from django.utils import timezone

from accounts.roles import sync_roles
from internship.rules import add_months
from tests.factories import OTHER_COUNTY, make_individual, make_staff, make_unit
from tests.reporting.support import make_placement

pytestmark = pytest.mark.django_db
LIST = "/admin/reporting/placement/"


@pytest.fixture
def desk(client):
    """The list as the county's reviewer sees it."""
    sync_roles()
    client.force_login(make_staff("first"))
    return lambda **query: client.get(LIST, query).content.decode()


def test_a_placement_is_found_by_name_and_number_and_shown_masked(client, desk) -> None:
    placement = make_placement(make_unit(), person=make_individual(name="孙演示"))
    make_placement(make_unit(), person=make_individual(name="李演示"))
    for text in ("孙演示", placement.id_no):
        html = desk(q=text)
        assert "孙演示" in html
        assert "李演示" not in html
    html = client.get(f"{LIST}{placement.pk}/change/").content.decode()
    assert placement.id_no not in html
    assert "********" in html


def test_terms_that_are_over_are_listed(desk) -> None:
    make_placement(make_unit(), person=make_individual(name="孙演示"))
    over = add_months(timezone.localdate(), -7)
    make_placement(make_unit(), person=make_individual(name="李演示"), starts_on=over)
    html = desk(standing="awaiting")
    assert "李演示" in html
    assert "孙演示" not in html


def test_other_regions_see_nothing_of_it(client) -> None:
    sync_roles()
    make_placement(make_unit(), person=make_individual(name="孙演示"))
    client.force_login(make_staff("first", OTHER_COUNTY))
    assert "孙演示" not in client.get(LIST).content.decode()
