"""What the staff site's pages about accounts share: masked values, digest search, read-only and scoped rows."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from accounts.models import User
from accounts.queries import staff_regions
from common import crypto, identifiers, regions


def masked(name: str, title: str, mask: Callable[[str], str]) -> Callable[[Any, Any], str]:
    """A method for a ModelAdmin: an encrypted value, masked; ``name`` may follow relations with dots."""

    @admin.display(description=title)
    def show(_admin: Any, row: Any) -> str:
        value = row
        for part in name.split("."):
            value = getattr(value, part)
        return mask(value) if value else "—"

    return show


def in_own_regions(region_field: str, user: User) -> models.Q:
    """What lies in the staff member's regions, or in none yet; ``region_field`` leads to the region."""
    condition = models.Q(**{f"{region_field}__isnull": True})
    for scope in staff_regions(user):
        condition |= regions.scope_q(region_field, scope)
    return condition


class DigestSearchMixin(admin.ModelAdmin):
    """Finds rows by the whole value of an encrypted column, through its blind index."""

    digest_search_fields: tuple[str, ...] = ()

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet, search_term: str
    ) -> tuple[models.QuerySet, bool]:
        found, duplicates = super().get_search_results(request, queryset, search_term)
        term = identifiers.normalise(search_term)
        if term and self.digest_search_fields:
            condition = models.Q()
            for name in self.digest_search_fields:
                condition |= models.Q(**{name: crypto.digest(term)})
            found = found | queryset.filter(condition)
        return found, duplicates


class ReadOnlyAdmin(DigestSearchMixin):
    """Rows that the portals write; staff look at them, and those who may change them have actions."""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None and super().has_change_permission(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [str(name) for name in self.fields or ()]


class ScopedAdmin(ReadOnlyAdmin):
    """Only what lies in the staff member's regions, or in none yet; ``region_field`` leads to the region."""

    region_field = ""

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        found = super().get_queryset(request)
        if request.user.is_superuser:
            return found
        return found.filter(in_own_regions(self.region_field, request.user))
