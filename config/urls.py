"""Addresses of the hall (design: portals and addresses)."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("common.urls")),
    path("", include("config.operations")),
    path("accounts/", include("allauth.account.urls")),
    path("", include("review.urls")),
    path("admin/", admin.site.urls),
]
