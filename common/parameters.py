"""Values in addresses and hidden fields: anybody may change them, so what is not one counts as absent."""

from datetime import date

from django.utils.dateparse import parse_date

DIGITS = 18  # fits the database's bigint


def whole_number(text: str | None) -> int | None:
    """A whole number from 0; None for anything else (``str.isdigit`` would let ² through, which int() refuses)."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) <= DIGITS else None


def day(text: str | None) -> date | None:
    """A date as 2026-11-21; None for anything else, the 31st of February included."""
    try:
        return parse_date(text or "")
    except ValueError:
        return None
