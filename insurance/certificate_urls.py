"""Addresses of the insurance certificates."""

from django.urls import path

from insurance import certificate_views as views

app_name = "certificates"

urlpatterns = [
    path("unit/certificates/", views.unit_certificate, name="unit"),
    path("unit/certificates/people/", views.people, name="people"),
    path("unit/certificates/people/print/", views.batch, name="print_many"),
    path("unit/certificates/people/<slug:number>/", views.person_certificate, name="person"),
    path("individual/certificate/", views.own_certificate, name="own"),
]
