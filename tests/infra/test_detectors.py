"""The detectors of tests/conftest.py detect."""

import socket
import warnings
from datetime import datetime

import pytest
import pytest_socket
from django.contrib.auth.models import Group
from django.contrib.sessions.models import Session
from django.core.paginator import Paginator, UnorderedObjectListWarning
from django.template import engines

from tests.support.templates import forms_without_token, undefined_variables

pytestmark = pytest.mark.django_db


def test_an_undefined_variable_is_found_in_the_rendered_text():
    # Built apart from the engine that conftest watches, which would fail this test for it.
    mark = engines["django"].engine.string_if_invalid % "person.nickname"
    assert undefined_variables(f"<p>{mark}</p>") == ["person.nickname"]


@pytest.mark.parametrize(
    ("form", "found"),
    [
        ('<form method="post" action="/x/"><input name="a"></form>', ["/x/"]),
        ('<form METHOD="POST"></form>', [""]),
        ('<form method="post"><input type="hidden" name="csrfmiddlewaretoken" value="t"></form>', []),
        ('<form action="/search/"><input name="q"></form>', []),
        ('<form method="post" action="https://sso.example/"></form>', []),
    ],
)
def test_a_post_form_without_its_token_is_found(form, found):
    assert forms_without_token(form) == found


def test_pages_of_rows_without_an_order_are_refused():
    with pytest.raises(UnorderedObjectListWarning):
        Paginator(Group.objects.order_by(), 10).page(1)


def test_a_moment_without_a_time_zone_is_refused():
    with pytest.raises(RuntimeWarning, match="naive datetime"):
        Session.objects.create(session_key="k", session_data="", expire_date=datetime(2026, 1, 1))


def test_a_warning_is_an_error():
    with pytest.raises(DeprecationWarning):
        warnings.warn("old", DeprecationWarning, stacklevel=1)


def test_the_network_is_closed_except_this_machine():
    # pytest-socket warns before it refuses, and a warning is an error already.
    with pytest.raises((pytest_socket.SocketConnectBlockedError, UserWarning), match=r"203\.0\.113\.7"):
        socket.create_connection(("203.0.113.7", 80), timeout=1)


def test_query_counts_leave_transaction_frames_out(assert_num_queries, client):
    with assert_num_queries(1):
        list(Group.objects.all())
    with pytest.raises(AssertionError, match="1 queries instead of 0"), assert_num_queries(0):
        list(Group.objects.all())


def test_a_query_per_row_is_found(assert_same_queries_for_more_rows):
    def add_group():
        Group.objects.create(name=f"group {Group.objects.count()}")

    def permissions_one_by_one():
        return [list(group.permissions.all()) for group in Group.objects.all()]

    with pytest.raises(AssertionError, match="for 3 rows"):
        assert_same_queries_for_more_rows(add_group, permissions_one_by_one)
    assert assert_same_queries_for_more_rows(add_group, lambda: list(Group.objects.all())) == 1


def test_the_clock_stands_still_in_beijing_time(at):
    from django.utils import timezone

    at("2026-03-02 10:00")
    assert timezone.localtime().isoformat() == "2026-03-02T10:00:00+08:00"
