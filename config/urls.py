"""Addresses of the hall (design: portals and addresses)."""

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.contrib.sitemaps import views as sitemap_views
from django.urls import include, path

from hall.sitemaps import SITEMAPS
from hall.views import portals, public, visitor

urlpatterns = [
    path("", public.home, name="home"),
    path("individual/", portals.individual_home, name="individual_home"),
    path("unit/", portals.unit_home, name="unit_home"),
    path("elder-mode/", visitor.elder_mode, name="elder_mode"),
    path("robots.txt", public.robots, name="robots"),
    path("sitemap.xml", login_not_required(sitemap_views.sitemap), {"sitemaps": SITEMAPS}, name="sitemap"),
    path("", include("hall.urls")),
    path("", include("common.urls")),
    path("", include("insurance.pension_urls")),
    path("", include("documents.urls")),
    path("", include("insurance.urls")),
    path("", include("insurance.certificate_urls")),
    path("", include("insurance.claim_urls")),
    path("", include("insurance.enrolment_urls")),
    path("", include("internship.urls")),
    path("", include("positions.urls")),
    path("", include("reporting.urls")),
    path("", include("config.operations")),
    path("accounts/", include("accounts.sign_in_urls")),
    path("", include("accounts.urls")),
    path("", include("review.urls")),
    path("admin/", admin.site.urls),
]
