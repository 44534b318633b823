"""Addresses of the hall: public pages, help, settings of a visitor."""

from django.urls import path

from hall.views import public, visitor

app_name = "hall"
urlpatterns = [
    path("individual/services/", public.services, {"portal": "individual"}, name="individual_services"),
    path("unit/services/", public.services, {"portal": "unit"}, name="unit_services"),
    path("public/", public.services, {"portal": "public"}, name="public_services"),
    path("guides/", public.guide_list, name="guides"),
    path("guides/<slug:matter>/", public.guide, name="guide"),
    path("notices/", public.notice_list, name="notices"),
    path("notices/<int:pk>/", public.notice, name="notice"),
    path("help/", visitor.help_page, name="help"),
    path("region/", visitor.switch_region, name="switch_region"),
    path("sitemap/", public.sitemap_page, name="sitemap_page"),
]
