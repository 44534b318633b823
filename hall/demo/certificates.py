"""Issued documents of the demonstration: the public institution has printed its certificate and those of two people."""

from django.utils import timezone

from documents import actions
from hall.demo.offices import Province
from hall.demo.units import DemoUnit
from insurance import certificates
from insurance.models import Enrolment, InsuredUnit

PRINTED = 2


def issue_certificates(province: Province, units: list[DemoUnit]) -> int:
    """Certificates of the insured institution of a province; one of them has been revoked. Returns how many there are."""
    issued = []
    for host in units:
        for insured in InsuredUnit.objects.of_unit(host.unit)[:1]:
            by = host.user
            issued.append(certificates.issue_for_unit(unit=host.unit, insured=insured, by=by))
            period = certificates.Period.recent(timezone.localdate())
            for row in Enrolment.objects.in_service(insured).order_by("person_number")[:PRINTED]:
                draft = certificates.draft_for_unit(host.unit, insured, row.person_number, period)
                issued.append(certificates.issue(draft, by=by))
    if issued:
        actions.revoke(document=issued[-1], reason="演示：打印后更正了缴费基数", by=province.staff["business"])
    return len(issued)
