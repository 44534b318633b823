"""Addresses around pension claims in the unit portal, and their printed forms."""

from django.urls import path

from insurance import claim_prints, claim_views

app_name = "claims"

urlpatterns = [
    path("unit/pension/people/", claim_views.people, name="people"),
    path("unit/pension/people/<slug:number>/", claim_views.choose, name="choose"),
    path("unit/pension/flexible/", claim_views.flexible_people, name="flexible_people"),
    path("unit/pension/flexible/<slug:number>/", claim_views.choose_flexible, name="choose_flexible"),
    path("pension-claims/<slug:number>/form.pdf", claim_prints.application, name="application"),
    path("pension-claims/<slug:number>/assessment.pdf", claim_prints.assessment, name="assessment"),
]
