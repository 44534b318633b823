"""Addresses of the internship units' own pages."""

from django.urls import path

from internship import views

app_name = "internship"

urlpatterns = [
    path("unit/internship/", views.unit_status, name="unit_status"),
    path("unit/internship/confirm/", views.confirm_data, name="confirm_data"),
]
