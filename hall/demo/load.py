"""The demonstration, in order: staff, site, units, people, positions, interest."""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from unittest import mock

from django.contrib.auth import base_user
from django.contrib.auth.hashers import make_password
from django.db import connection
from django.utils import timezone

from accounts import handler_actions
from accounts.messaging.actions import inside_only
from common import files
from hall import site
from hall.demo import (
    certificates,
    clock,
    correspondence,
    enrolments,
    handlers,
    insured,
    offers,
    payments,
    pensions,
    people,
    site_data,
    subsidies,
    units,
)
from hall.demo.offices import Province, appoint_staff, provinces
from hall.demo.vocabulary import PASSWORD
from hall.models import SiteFacts

# Numbers of one province's units and people never reach those of the next.
NUMBERS_PER_PROVINCE = 40


def is_loaded() -> bool:
    """Whether the demonstration data is there; its site facts say so."""
    return SiteFacts.objects.filter(demonstration=True).exists()


def load(chosen: list[Province] | None = None) -> Iterator[str]:
    """Load the given provinces (all by default); yields a line for each. Each step commits by itself, as in real life."""
    today = timezone.localdate()
    with clock.settable(), _same_work_once(), _relaxed_commits(), inside_only():
        for place, province in enumerate(chosen or provinces()):
            yield _load_province(province, place * NUMBERS_PER_PROVINCE, today)
    site.forget()


@contextmanager
def _same_work_once() -> Iterator[None]:
    """The same few papers are handed in, and the same password is hashed, many times: once is enough."""
    hashed = make_password(PASSWORD)
    with (
        mock.patch.object(files, "_clean", cache(files._clean)),
        mock.patch.object(base_user, "make_password", side_effect=lambda raw: hashed if raw else make_password(raw)),
        mock.patch.object(handler_actions, "send_code"),  # invitations to nobody's phone
    ):
        yield


@contextmanager
def _relaxed_commits() -> Iterator[None]:
    """Do not wait for the disk after each of some thousand commits: a demonstration can be loaded anew."""
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit TO off")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET synchronous_commit")


def _load_province(province: Province, offset: int, today: datetime.date) -> str:
    appoint_staff(province)
    made = units.make_units(province, offset)
    for demo in made:
        if demo.end is not None:
            handlers.enter_by_staff(province, demo.unit.handlers.get())
    handlers.make_handlers(province, made, offset)
    handlers.make_appeals(province, made, offset)
    persons = people.make_people(province, offset, today)
    offered = offers.make_offers(province, made, today)
    kept = offers.take_interest(persons, made, offered)
    enrolled = insured.make_insured(province, made, persons, offset, today)
    correspondence.write_letters(province, persons)
    pensions.make_pensions(province, made, offset, today)
    if province.key == "jl":  # where agreements are registered one by one and both subsidies are known
        subsidies.make_subsidies(province, offset, today)
        payments.make_payments(province, today)
    certificates.issue_certificates(province, made, offset)
    enrolments.make_changes(province, made, offset, today)
    site_data.publish_site(province)
    counts = f"{len(made)} units, {len(persons)} people, {len(offered)} open positions, {kept} favourites"
    counts += f", {enrolled} insured people"
    return f"{province.name}: {counts}"
