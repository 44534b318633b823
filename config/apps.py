from django.contrib.admin.apps import AdminConfig


class HallAdminConfig(AdminConfig):
    """Django admin with the hall's own site as the default one."""

    default_site = "common.admin_site.HallAdminSite"
