"""The demonstration, in order: staff, site, units, people, positions, interest."""

import datetime
from collections.abc import Iterator
from functools import cache
from unittest import mock

from django.utils import timezone

from common import files
from hall.demo import clock, people, site_data, units
from hall.demo.offices import appoint_staff, provinces
from hall.models import SiteFacts
from hall import site

# Numbers of one province's units and people never reach those of the next.
NUMBERS_PER_PROVINCE = 40


def is_loaded() -> bool:
    """Whether the demonstration data is there; its site facts say so."""
    return SiteFacts.objects.filter(demonstration=True).exists()


def load() -> Iterator[str]:
    """Load everything; yields a line per province. Each step commits by itself, as in real life."""
    today = timezone.localdate()
    # The same few papers are handed in many times: looking into each of them once is enough.
    with clock.settable(), mock.patch.object(files, "_clean", cache(files._clean)):
        for place, province in enumerate(provinces()):
            yield _load_province(province, place * NUMBERS_PER_PROVINCE, today)
    site.forget()


def _load_province(province, offset: int, today: datetime.date) -> str:
    appoint_staff(province)
    made = units.make_units(province, offset)
    persons = people.make_people(province, offset, today)
    site_data.publish_site(province)
    return f"{province.name}: {len(made)} units, {len(persons)} people"
