from django.apps import AppConfig
from django.db.models.signals import post_delete, post_save


class HallConfig(AppConfig):
    name = "hall"
    verbose_name = "网上办事大厅"

    def ready(self) -> None:
        from hall import menus, site
        from hall.models import SiteFacts, SupportContact

        menus.assign_groups()
        for model in (SiteFacts, SupportContact):
            for signal in (post_save, post_delete):
                signal.connect(site.forget, sender=model, dispatch_uid=f"hall.site.{model.__name__}.{id(signal)}")
