"""Form rendering shared by all portals."""

from django.forms.renderers import TemplatesSetting


class HallFormRenderer(TemplatesSetting):
    """Forms and fields are drawn by the design system, wherever they appear.

    Needs ``django.forms`` in INSTALLED_APPS, because the widgets' own templates stay Django's.
    """

    form_template_name = "components/form_fields.html"
    field_template_name = "components/field.html"
