"""Addresses of the pages around placements."""

from django.urls import path

from reporting import views

app_name = "reporting"

urlpatterns = [
    path("unit/placements/", views.placements, name="placements"),
    path("unit/placements/<int:pk>/", views.placement, name="placement"),
    path("unit/placements/<int:pk>/end/", views.end, name="end"),
    path("unit/placements/registrations/<slug:number>/end/", views.end_registration, name="end_registration"),
    path("unit/placements/registrations/<slug:number>/look-up/", views.look_up, name="look_up"),
]
