"""Form rendering shared by all portals."""

from django.forms.renderers import TemplatesSetting


class HallFormRenderer(TemplatesSetting):
    """Fields are drawn by templates/components/field.html, wherever a form appears."""

    field_template_name = "components/field.html"
