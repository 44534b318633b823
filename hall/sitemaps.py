"""sitemap.xml: public pages, guides and notices; positions add theirs."""

from collections.abc import Iterable
from datetime import datetime

from django.contrib.sitemaps import Sitemap
from django.urls import reverse

from hall.models import Notice
from positions.sitemaps import PositionSitemap
from review import matters

PAGES = (
    "home",
    "hall:individual_services",
    "hall:unit_services",
    "hall:public_services",
    "hall:guides",
    "hall:notices",
    "documents:verify",
    "reporting:publicities",
    "hall:help",
    "hall:sitemap_page",
    "pension:retirement",
    "pension:estimate",
)


class PageSitemap(Sitemap):
    """Pages that are always there."""

    changefreq = "daily"

    def items(self) -> Iterable[str]:
        return PAGES

    def location(self, item: str) -> str:
        return reverse(item)


class GuideSitemap(Sitemap):
    """办事指南."""

    changefreq = "weekly"

    def items(self) -> list[str]:
        return [matter.code for matter in matters.all_matters()]

    def location(self, item: str) -> str:
        return reverse("hall:guide", args=[item])


class NoticeSitemap(Sitemap):
    """Published notices."""

    limit = 5000

    def items(self) -> Iterable[Notice]:
        return Notice.objects.public().defer("body")

    def lastmod(self, item: Notice) -> datetime | None:
        return item.published_at


SITEMAPS: dict[str, type[Sitemap]] = {
    "pages": PageSitemap,
    "guides": GuideSitemap,
    "notices": NoticeSitemap,
    "positions": PositionSitemap,
}
