"""Addresses of the insurance data: the unit's rosters, the individual's own history."""

from django.urls import path, register_converter

from insurance import own_views, views
from insurance.models import RosterExport

app_name = "insurance"


class RosterConverter:
    """Which of the two rosters."""

    regex = "|".join(RosterExport.Roster.values)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(RosterConverter, "roster")

urlpatterns = [
    path("unit/insurance/", views.unit_info, name="unit_info"),
    path("unit/insurance/service/", views.service_roster, name="service_roster"),
    path("unit/insurance/retired/", views.retired_roster, name="retired_roster"),
    path("unit/insurance/people/<slug:number>/", views.person, name="person"),
    path("unit/insurance/people/<slug:number>/clear-text/", views.clear_text, name="clear_text"),
    path("unit/insurance/<roster:roster_kind>/export/", views.export, name="export"),
    path("unit/insurance/exports/<int:pk>/", views.export_page, name="export_page"),
    path("unit/insurance/exports/<int:pk>/file/", views.export_file, name="export_file"),
    path("individual/insurance/", own_views.own_history, name="own_history"),
]
