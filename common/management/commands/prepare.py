"""The deploy step: bring the database to this version, whatever it was before."""

from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection

# Any number, as long as it is always this one: two deploys at once take their turns.
ADVISORY_LOCK = 7_400_001

# In this order: later ones need what earlier ones load. Each may run again at any time.
STEPS = (
    "load_regions",
    "load_calendar",
    "load_policies",
    "load_review_steps",
    "load_message_templates",
    "sync_roles",
    "build_document_font",
)
DEMO = "load_demo"


class Command(BaseCommand):
    help = "Migrates and loads regions, calendar, policies, review steps, message templates and groups; --demo adds demonstration data."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--demo", action="store_true", help="load demonstration data into an empty database")

    def handle(self, *args: Any, demo: bool, verbosity: int, **options: Any) -> None:
        with connection.cursor() as cursor:
            # A migration may take longer than a request; the lock is dropped with the connection.
            cursor.execute("SET statement_timeout = 0")
            cursor.execute("SET idle_in_transaction_session_timeout = 0")
            cursor.execute("SELECT pg_advisory_lock(%s)", [ADVISORY_LOCK])
        try:
            call_command("migrate", interactive=False, verbosity=min(verbosity, 1) if verbosity > 1 else 0)
            call_command("createcachetable", verbosity=0)
            self._create_bucket()
            for step in STEPS:
                self._run(step, verbosity)
            if demo and not self._has_users():
                self._run(DEMO, verbosity)
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [ADVISORY_LOCK])

    def _run(self, name: str, verbosity: int) -> None:
        if name in get_commands():
            call_command(name, verbosity=verbosity)

    def _create_bucket(self) -> None:
        if not settings.S3_BUCKET:
            return
        bucket = default_storage.bucket  # type: ignore[attr-defined]  # only S3 storage has one
        if not bucket.creation_date:
            bucket.create()

    def _has_users(self) -> bool:
        from django.contrib.auth import get_user_model

        return get_user_model().objects.exists()
