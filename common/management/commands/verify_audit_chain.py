"""Check the audit events against their chain."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from common import audit_chain
from common.models import AuditLink


def _kept(text: str) -> tuple[int, str]:
    number, _, digest = text.partition(":")
    return int(number), digest


class Command(BaseCommand):
    help = "Verify the audit chain (核对审计链); exit status 1 when an event or a link is not as it was sealed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--expect", type=_kept, metavar="NUMBER:DIGEST", help="a link as audit_chain printed it, kept elsewhere"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        findings = audit_chain.verify(expect=options["expect"])
        for finding in findings:
            self.stdout.write(str(finding))
        if findings:
            raise CommandError(f"审计记录有{len(findings)}处不符 / {len(findings)} findings", returncode=1)
        self.stdout.write(f"审计链完整 / audit chain is whole: {AuditLink.objects.count()} links")
