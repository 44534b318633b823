from django.apps import AppConfig


class HallConfig(AppConfig):
    name = "hall"
    verbose_name = "网上办事大厅"
