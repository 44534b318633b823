"""manage.py ledger_check: prove that claims, entries, payments, batches and ledger agree to the fen."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from reporting import ledger
from reporting.payments import ENTRY_TABLE


class Command(BaseCommand):
    help = "Check that claims, entries, payments, batches and ledger agree to the fen; exit status 1 if they do not."

    def handle(self, *args: Any, **options: Any) -> None:
        with transaction.atomic():
            if not connection.in_atomic_block or connection.savepoint_ids:
                found, totals = ledger.differences(), ledger.totals()  # within a caller's own transaction
            else:
                with connection.cursor() as cursor:
                    # All checks look at one moment, whatever is paid meanwhile.
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
                found, totals = ledger.differences(), ledger.totals()
        for state, amount in totals.items():
            self.stdout.write(f"{ENTRY_TABLE.states[state]}\t{amount}")
        for difference in found:
            self.stderr.write(str(difference))
        if found:
            raise CommandError(f"{len(found)} differences", returncode=1)
        self.stdout.write("all agree")
