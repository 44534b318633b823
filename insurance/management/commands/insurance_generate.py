"""manage.py insurance_generate: invented insured units and people, for trying out and measuring."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from common import audit, codes
from common.models import Region
from insurance.generated import Order, generate
from insurance.models import InsuredPerson, InsuredUnit, UnitInsurance


class Command(BaseCommand):
    help = "Invent insured units and people (marked 演示), the same for the same seed; refused in production"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--units", type=int, default=3)
        parser.add_argument("--persons", type=int, default=100)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument(
            "--months", type=int, default=None, help="how many months back histories go; all by default"
        )
        parser.add_argument("--region", default="360102", help="code of the region that they are insured in")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("invented people do not belong into production")
        region = Region.objects.filter(code=options["region"]).first()
        if region is None:
            raise CommandError(f"no region {options['region']}: run load_regions first")
        units = make_units(options["units"], region)
        counts = generate(
            Order(
                units=units,
                people=options["persons"],
                seed=options["seed"],
                today=timezone.localdate(),
                region=region.code,
                first=InsuredPerson.objects.count(),
                months=options["months"],
                in_arrears=1 if len(units) > 1 else None,
            )
        )
        self.stdout.write(f"{len(units)} units, " + ", ".join(f"{number} {what}" for what, number in counts.items()))


def make_units(number: int, region: Region) -> list[InsuredUnit]:
    """New insured units in the pension scheme of government units."""
    with audit.actor(None, command="insurance_generate"):
        start = InsuredUnit.objects.count() + 1
        units = [
            InsuredUnit(
                number=f"{region.code}{start + place:06d}",
                name=f"演示参保单位{start + place}（虚构）",
                unit_type="21",
                agency=f"{region.name}社会保险中心（演示）",
                region=region,
                legal_representative="李演示",
                address="演示路1号",
            )
            for place in range(number)
        ]
        InsuredUnit.objects.bulk_create(units)
        UnitInsurance.objects.bulk_create(
            UnitInsurance(unit=unit, kind=codes.GOVERNMENT_PENSION, starts_on=timezone.localdate().replace(2014, 10, 1))
            for unit in units
        )
    return units
