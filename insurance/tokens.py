"""Search tokens of the rosters: names within one unit (common.search)."""

from common import search


def unit_token(unit_id: int) -> str:
    """The token of all people of a unit."""
    return f"u:{unit_id}"


def roster_tokens(unit_id: int, name: str) -> list[str]:
    """Tokens of a person in the roster of a unit."""
    return [unit_token(unit_id), *search.text_tokens(name)]


def query_tokens(unit_id: int, name: str) -> list[str]:
    """What a row must have to match a typed part of a name within the unit; empty when nothing was typed."""
    words = search.query_tokens(name)
    return [unit_token(unit_id), *words] if words else []
