"""Open positions for the hall's site map."""

from datetime import datetime

from django.contrib.sitemaps import Sitemap
from django.db.models import QuerySet
from django.urls import reverse

from positions.models import Position

# A site map holds 50,000 addresses at most; the newest positions are worth a crawler's visit.
NEWEST = 20_000


class PositionSitemap(Sitemap):
    """The newest open positions."""

    changefreq = "weekly"
    limit = 5_000

    def items(self) -> QuerySet[Position]:
        found = Position.objects.public().only("number", "published_at", "revised_at")
        return found.order_by("-published_at", "-id")[:NEWEST]

    def location(self, item: Position) -> str:
        return reverse("positions:detail", args=[item.number])

    def lastmod(self, item: Position) -> datetime:
        return item.revised_at or item.published_at
