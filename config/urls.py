"""Addresses of the hall (design: portals and addresses)."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("common.urls")),
    path("", include("internship.urls")),
    path("", include("config.operations")),
    path("accounts/", include("accounts.sign_in_urls")),
    path("", include("accounts.urls")),
    path("", include("review.urls")),
    path("admin/", admin.site.urls),
]
