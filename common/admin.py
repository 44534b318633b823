"""The staff site."""

from django.contrib import admin


class HallAdminSite(admin.AdminSite):
    """Django admin for hall staff; sign-in goes through the hall's own pages."""

    site_header = "人社通办 · 工作人员"
    site_title = "人社通办"
    index_title = "工作台"
