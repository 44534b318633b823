"""Bring groups and permissions in line with accounts.roles; runs at every deployment."""

from typing import Any

from django.core.management.base import BaseCommand

from accounts.roles import sync_roles


class Command(BaseCommand):
    help = "Create the staff groups and set their permissions as accounts/roles.py says."

    def handle(self, *args: Any, **options: Any) -> None:
        counts = sync_roles()
        if options["verbosity"]:
            for title, count in counts.items():
                self.stdout.write(f"{title}: {count}")
