"""Addresses of fragments that every portal uses."""

from django.urls import path

from common import views

app_name = "common"

urlpatterns = [
    path("regions/options/", views.region_options, name="region_options"),
]
