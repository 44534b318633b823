"""Consent by version: a new version of a text is asked for at the next sign-in."""

import pytest
from django.test import Client

from accounts import actions, consents
from accounts.models import Consent
from accounts.sso import views as sso_views
from tests.factories import PASSWORD, make_bank_account, make_individual, make_staff

pytestmark = pytest.mark.django_db
LOGIN, CONSENT = "/accounts/login/", "/accounts/sso/consent/"


@pytest.fixture
def new_version(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = (consents.TERMS, consents.PRIVACY._replace(version="2027-03"))
    monkeypatch.setattr(sso_views, "AT_REGISTRATION", texts)
    monkeypatch.setattr(actions._agree, "__defaults__", (texts,))
    monkeypatch.setattr(actions.agree.__wrapped__, "__kwdefaults__", {"agreements": texts})


def sign_in(client: Client, user):
    return client.post(LOGIN, {"login": user.mobile or user.username, "password": PASSWORD})


def test_who_agreed_to_the_present_versions_is_not_asked(client: Client) -> None:
    assert sign_in(client, make_individual().user)["Location"] == "/individual/"


def test_a_new_version_is_asked_for_at_the_next_sign_in(client: Client, new_version: None) -> None:
    user = make_individual().user
    assert sign_in(client, user)["Location"] == CONSENT
    assert client.get("/individual/").status_code == 302  # not in yet
    assert "有更新" in client.get(CONSENT).content.decode()
    assert client.post(CONSENT, {}).status_code == 200  # not ticked
    assert client.post(CONSENT, {"agreement": "on"})["Location"] == "/individual/"
    versions = Consent.objects.filter(user=user, kind="privacy").values_list("version", flat=True)
    assert set(versions) == {"2026-11", "2027-03"}
    client.post("/accounts/logout/")
    assert sign_in(client, user)["Location"] == "/individual/"


def test_who_does_not_agree_stays_out(client: Client, new_version: None) -> None:
    sign_in(client, make_individual().user)
    client.post(CONSENT, {"decline": "1"})
    assert client.get("/individual/").status_code == 302


def test_staff_are_not_asked(client: Client, new_version: None) -> None:
    staff = make_staff()
    answer = client.post(f"{LOGIN}?portal=staff", {"login": staff.username, "password": PASSWORD})
    assert answer["Location"] == "/admin/"


def test_the_consent_to_bank_data_is_taken_back_and_the_own_accounts_end() -> None:
    person = make_individual()
    actions.agree(by=person.user, address=None, agreements=[consents.BANK])
    mine, others = make_bank_account(person), make_bank_account(make_individual())
    assert actions.withdraw_bank_consent(by=person.user) == 1
    mine.refresh_from_db()
    others.refresh_from_db()
    assert mine.ended_at
    assert others.ended_at is None
    assert not Consent.objects.filter(user=person.user, kind="bank", withdrawn_at=None).exists()
    actions.agree(by=person.user, address=None, agreements=[consents.BANK])  # it may be given again
    assert Consent.objects.filter(user=person.user, kind="bank").count() == 2
