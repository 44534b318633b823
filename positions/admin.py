"""Staff look positions and the interest in them up; they change through cases and actions only."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.queries import staff_regions
from common import regions
from positions.models import ContactViewLog, Favourite, InterestAction, Position


class ReadOnlyAdmin(admin.ModelAdmin):
    """A list of what lies within the staff member's regions; nothing is added, changed or deleted here."""

    region_field = "region"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        if request.user.is_superuser:
            return rows
        scopes = staff_regions(request.user)
        if not scopes:
            return rows.none()
        condition = regions.scope_q(self.region_field, scopes[0])
        for scope in scopes[1:]:
            condition |= regions.scope_q(self.region_field, scope)
        return rows.filter(condition)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Position)
class PositionAdmin(ReadOnlyAdmin):
    list_display = ("number", "name", "unit_name", "region", "allowance", "places", "places_taken", "state", "valid_to")
    list_filter = ("state", "category", "education")
    list_select_related = ("region",)
    search_fields = ("=number", "unit_name__istartswith", "name__istartswith")
    date_hierarchy = "published_at"
    show_full_result_count = False
    exclude = ("tokens", "search_text", "name_key", "work_city", "region_city")


@admin.register(Favourite)
class FavouriteAdmin(ReadOnlyAdmin):
    region_field = "position__region"
    list_display = ("individual", "position", "created_at", "cancelled_at")
    list_select_related = ("individual", "position")
    search_fields = ("=position__number",)
    show_full_result_count = False


@admin.register(InterestAction)
class InterestActionAdmin(ReadOnlyAdmin):
    region_field = "favourite__position__region"
    list_display = ("favourite", "kind", "at", "by")
    list_select_related = ("favourite__individual", "favourite__position", "by")
    list_filter = ("kind",)
    show_full_result_count = False


@admin.register(ContactViewLog)
class ContactViewLogAdmin(ReadOnlyAdmin):
    region_field = "favourite__position__region"
    list_display = ("favourite", "unit", "user", "purpose", "at")
    list_select_related = ("favourite__individual", "favourite__position", "unit", "user")
    list_filter = ("purpose",)
    show_full_result_count = False
