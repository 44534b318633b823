"""The sample matter is registered during these tests only."""

import pytest
from django.test import Client

from accounts.models import User
from review import matters
from tests.review.staff.samples import SampleMatter


@pytest.fixture(autouse=True)
def sample_matter(monkeypatch: pytest.MonkeyPatch) -> SampleMatter:
    """A matter that belongs to these tests."""
    matter = SampleMatter()
    monkeypatch.setitem(matters._matters, matter.code, matter)
    return matter


@pytest.fixture
def signed_in():
    """``signed_in(user)``: a client of this user."""

    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return sign_in
