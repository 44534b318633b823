"""Support telephones for pages of other apps, by the region that a page is about."""

from django import template

from hall import site

register = template.Library()


@register.inclusion_tag("hall/contacts.html")
def contacts_of(region: str) -> dict[str, object]:
    """The telephones of a region, the nearest office first, wherever the visitor comes from."""
    return {"contacts": site.contacts_for(region)[:1]}
