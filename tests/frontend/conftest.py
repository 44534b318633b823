"""Pages of the design system without a database: rendered from samples."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template import engines
from django.test import RequestFactory

from tests.frontend import samples


def render_styleguide(*, elder: bool = False, signed_in: bool = True) -> str:
    """The style guide as HTML: every component on one portal page."""
    request = RequestFactory().get("/styleguide/")
    request.user = AnonymousUser()
    if elder:
        request.COOKIES["elder"] = "1"
    context = samples.frame() | samples.components()
    if not signed_in:
        context |= {"acting": None, "unread_count": 0, "side_menu": []}
    return engines["django"].from_string(samples.STYLEGUIDE.read_text()).render(context, request)


@pytest.fixture
def styleguide() -> Callable[..., str]:
    """The function that renders the style guide."""
    return render_styleguide
