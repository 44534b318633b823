"""What the search finds a position by: copies of its unit's data, its text, and its tokens."""

from common import regions, search
from positions import facets
from positions.models import Position


def code_token(dimension: str, value: str) -> str:
    """The token of a filter's value."""
    return search.code_token(dimension, value)


def fill(position: Position) -> None:
    """Set all search columns from the position and its unit; the caller saves."""
    unit = position.unit
    position.unit_name, position.unit_type, position.industry = unit.name, unit.unit_type, unit.industry
    position.work_city = regions.city_of(position.work_region_id)
    position.region_city = regions.city_of(position.region_id)
    texts = (position.name, position.unit_name, position.content)
    position.search_text = search.fold("\n".join(texts))
    position.tokens = [*search.text_tokens(*texts), *_code_tokens(position)]


def _code_tokens(position: Position) -> list[str]:
    return search.code_tokens(
        [
            ("city", position.work_city),
            ("region", position.work_region_id),
            ("office_city", position.region_city),
            ("office", position.region_id),
            ("category", position.category),
            ("education", position.education),
            ("pay", facets.pay_band(position.allowance)),
            ("months", facets.months_band(position.months)),
            ("unit_type", position.unit_type),
            ("industry", position.industry),
        ]
    )
