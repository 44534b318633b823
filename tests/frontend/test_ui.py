"""Tags and filters of the design system."""

import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import lucide
import pytest
from django.template import Context, Template

from common.templatetags import ui

MOMENT = datetime.datetime(2026, 11, 20, 16, 5, tzinfo=datetime.UTC)


def rendered(source: str, **context: object) -> str:
    """A template string rendered, without its surrounding space."""
    return Template(source).render(Context(context)).strip()


@pytest.mark.parametrize(
    ("amount", "words"),
    [(Decimal("1234.5"), "1,234.50"), (0, "0.00"), ("1980", "1,980.00"), (None, ""), ("", ""), ("待核定", "待核定")],
)
def test_money_is_shown_to_the_fen(amount: Decimal | int | str | None, words: str) -> None:
    assert rendered("{{ amount|money }}", amount=amount) == words


def test_dates_are_written_in_chinese() -> None:
    assert rendered("{{ day|cn_date }}", day=datetime.date(2026, 3, 2)) == "2026年3月2日"
    assert rendered("{{ day|cn_date }}", day=None) == ""


def test_moments_are_shown_in_beijing_time() -> None:
    assert rendered("{{ at|cn_date }}", at=MOMENT) == "2026年11月21日"
    assert rendered("{{ at|cn_datetime }}", at=MOMENT) == "2026年11月21日 00:05"
    assert rendered("{{ at|cn_datetime }}", at=MOMENT.astimezone(ZoneInfo("Asia/Tokyo"))) == "2026年11月21日 00:05"


def test_icons_are_hidden_from_screen_readers_and_carry_no_style() -> None:
    svg = rendered('{% icon "check" "lg" %}')
    assert 'aria-hidden="true"' in svg
    assert 'class="icon icon--lg"' in svg
    assert "style=" not in svg


def test_an_unknown_icon_is_an_error() -> None:
    with pytest.raises(lucide.IconDoesNotExist):
        rendered('{% icon "no-such-icon" %}')


@pytest.mark.parametrize("status", list(ui.CASE_STATUS_LOOKS))
def test_a_status_shows_colour_icon_and_words(status: str) -> None:
    tone, _, words = ui.CASE_STATUS_LOOKS[status]
    html = rendered("{% status_tag status %}", status=status)
    assert f"tag--{tone}" in html
    assert "<svg" in html
    assert words in html


def test_words_of_a_status_can_be_replaced_by_the_outcome() -> None:
    html = rendered('{% status_tag "approved" "公示中" %}')
    assert "公示中" in html
    assert "审核通过" not in html


def test_identifiers_are_masked() -> None:
    assert rendered("{{ number|mask_mobile }}", number="13800000000") == "138****0000"
    assert rendered("{{ number|mask_id }}{{ number|mask_account }}{{ number|mask_name }}", number="") == ""
