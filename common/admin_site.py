"""The staff site.

In a module of its own: the default site is made while the first ``admin`` module is imported, so a
module that both defines it and registers with it would register with a site that is thrown away.
"""

from urllib.parse import urlencode

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache


class HallAdminSite(admin.AdminSite):
    """Django admin for hall staff; sign-in goes through the hall's own pages, never around them."""

    site_header = "人社通办 · 工作人员"
    site_title = "人社通办"
    index_title = "工作台"

    @method_decorator([login_not_required, never_cache])
    def login(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        """To the hall's sign-in page; who is signed in without being staff is refused."""
        if self.has_permission(request):
            return HttpResponseRedirect(reverse("admin:index"))
        if request.user.is_authenticated:
            raise PermissionDenied
        query = urlencode({"portal": "staff", "next": request.GET.get("next") or reverse("admin:index")})
        return HttpResponseRedirect(f"{reverse('account_login')}?{query}")

    def password_change(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        """To the hall's own page, which keeps the password rules."""
        return HttpResponseRedirect(reverse("account_change_password"))
