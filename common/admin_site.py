"""The staff site.

In a module of its own: the default site is made while the first ``admin`` module is imported, so a
module that both defines it and registers with it would register with a site that is thrown away.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import admin
from django.contrib.auth import logout as sign_out
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

# A panel of the desk: template and context, or None for a person whom it does not concern.
DeskPanel = Callable[[HttpRequest], tuple[str, dict[str, Any]] | None]
# Groups of the application list that come first; an app's own name is the group otherwise.
FIRST_GROUPS = ("办件", "业务配置")


class HallAdminSite(admin.AdminSite):
    """Django admin for hall staff; sign-in goes through the hall's own pages, never around them."""

    site_header = "人社通办 · 工作人员"
    site_title = "人社通办"
    index_title = "工作台"

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self._panels: list[DeskPanel] = []

    def add_desk_panel(self, panel: DeskPanel) -> DeskPanel:
        """Decorator for apps: show this panel on the first page of the staff (工作台)."""
        self._panels.append(panel)
        return panel

    @method_decorator([login_not_required, never_cache])
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """To the hall's sign-in page; who is signed in without being staff is refused."""
        if self.has_permission(request):
            return HttpResponseRedirect(reverse("admin:index"))
        if request.user.is_authenticated:
            raise PermissionDenied
        query = urlencode({"portal": "staff", "next": request.GET.get("next") or reverse("admin:index")})
        return HttpResponseRedirect(f"{reverse('account_login')}?{query}")

    # Django's stubs know only pages as answers of the next two.
    def logout(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Signed out, back to the hall's first page; a mere link signs nobody out."""
        if request.method != "POST":
            return HttpResponseRedirect(reverse("admin:index"))
        sign_out(request)
        return HttpResponseRedirect(settings.LOGOUT_REDIRECT_URL)

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """To the hall's own page, which keeps the password rules."""
        return HttpResponseRedirect(reverse("account_change_password"))

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """工作台: what waits for this person, then everything that may be kept."""
        drawn = [render_to_string(*found, request) for panel in self._panels if (found := panel(request))]
        return super().index(request, {"panels": drawn, **(extra_context or {})})

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Models by the work they belong to (``desk_group`` of their admin), not by the app that holds them.

        ``desk_title`` names a model of a library in the hall's words. ``desk_links`` of an admin, pairs of a title and the name of an address, stand before its model.
        """
        if app_label:
            return super().get_app_list(request, app_label)
        groups: dict[str, dict[str, Any]] = {}
        for app in super().get_app_list(request):
            for model in app["models"]:
                model_admin = self._registry[model["model"]]
                title = getattr(model_admin, "desk_group", str(app["name"]))
                model["name"] = getattr(model_admin, "desk_title", model["name"])
                group = groups.setdefault(title, {**app, "name": title, "models": []})
                group["models"] += [*_links(model_admin), model]
        first = [groups.pop(title) for title in FIRST_GROUPS if title in groups]
        return [*first, *groups.values()]


def _links(model_admin: admin.ModelAdmin) -> list[dict[str, Any]]:
    """The admin's own pages, in the form in which Django lists models."""
    return [
        {
            "name": title,
            "object_name": name.rpartition(":")[2],
            "admin_url": reverse(name),
            "add_url": None,
            "view_only": True,
        }
        for title, name in getattr(model_admin, "desk_links", ())
    ]
