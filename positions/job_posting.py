"""A position as schema.org JobPosting, for search engines that list internships."""

import json
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from common import codes, regions
from positions.models import Position

# The same escapes that Django uses for JSON inside HTML: nothing can end the script element.
_ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


def as_json(position: Position, address: str) -> SafeString:
    """The JSON-LD text of an open position at a public address."""
    return mark_safe(json.dumps(_posting(position, address), ensure_ascii=False).translate(_ESCAPES))  # noqa: S308


def _posting(position: Position, address: str) -> dict[str, Any]:
    places = {place.level: place.name for place in regions.ancestors(position.work_region_id)}
    return {
        "@context": "https://schema.org",
        "@type": "JobPosting",
        "title": position.name,
        "url": address,
        "identifier": {"@type": "PropertyValue", "name": "岗位编号", "value": position.number},
        "description": f"{position.content}\n{position.requirements}".strip(),
        "datePosted": position.published_at.date().isoformat(),
        "validThrough": position.valid_to.isoformat(),
        "employmentType": "INTERN",
        "totalJobOpenings": position.places_left,
        "industry": codes.INDUSTRY.label(position.industry),
        "educationRequirements": codes.EDUCATION.label(position.education),
        "hiringOrganization": {"@type": "Organization", "name": position.unit_name},
        "jobLocation": {
            "@type": "Place",
            "address": {
                "@type": "PostalAddress",
                "addressCountry": "CN",
                "addressRegion": places.get(regions.PROVINCE, ""),
                "addressLocality": places.get(regions.CITY, "") + places.get(regions.COUNTY, ""),
                "streetAddress": position.work_address,
            },
        },
        "baseSalary": {
            "@type": "MonetaryAmount",
            "currency": "CNY",
            "value": {"@type": "QuantitativeValue", "value": str(position.allowance), "unitText": "MONTH"},
        },
    }
