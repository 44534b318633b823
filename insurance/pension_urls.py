"""Addresses around retirement and pensions."""

from django.urls import path

from insurance import calculator_views, own_retirement_views

app_name = "pension"

urlpatterns = [
    path("retirement/", calculator_views.retirement, name="retirement"),
    path("retirement/estimate/", calculator_views.estimate, name="estimate"),
    path("individual/insurance/retirement/", own_retirement_views.own_retirement, name="own"),
]
