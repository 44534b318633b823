"""Addresses around changes of enrolments in the unit portal."""

from django.urls import path

from insurance import enrolment_views

app_name = "enrolments"

urlpatterns = [
    path("unit/enrolments/withdraw/", enrolment_views.withdraw_people, name="withdraw_people"),
    path("unit/enrolments/withdraw/<slug:number>/", enrolment_views.withdraw, name="withdraw"),
]
