from django.apps import AppConfig


class InternshipConfig(AppConfig):
    name = "internship"
    verbose_name = "就业见习"
