"""Addresses of the hall: public pages, help, settings of a visitor."""

from django.urls import path

from hall.my_data import views as my_data
from hall.views import public, visitor

app_name = "hall"
urlpatterns = [
    path("individual/services/", public.services, {"portal": "individual"}, name="individual_services"),
    path("unit/services/", public.services, {"portal": "unit"}, name="unit_services"),
    path("individual/my-data/", my_data.my_data, name="my_data"),
    path("individual/my-data/copy/", my_data.export, name="export_my_data"),
    path("individual/my-data/consent/withdraw/", my_data.withdraw_consent, name="withdraw_consent"),
    path("individual/my-data/close/", my_data.close_account, name="close_account"),
    path("public/", public.services, {"portal": "public"}, name="public_services"),
    path("guides/", public.guide_list, name="guides"),
    path("guides/<slug:matter>/", public.guide, name="guide"),
    path("notices/", public.notice_list, name="notices"),
    path("notices/<int:pk>/", public.notice, name="notice"),
    path("help/", visitor.help_page, name="help"),
    path("region/", visitor.switch_region, name="switch_region"),
    path("sitemap/", public.sitemap_page, name="sitemap_page"),
]
