"""Issued documents of the demonstration: of an institution, of its people, of ended internships; one of them revoked.

They are issued on the day of loading: the demonstration key, which may be as young, has signed nothing before.
"""

from accounts import actions as accounts
from accounts.models import Individual, RealNameLevel
from common import audit
from documents import actions, batches
from documents.models import DocumentBatch, IssuedDocument
from hall.demo import clock, identity
from hall.demo.offices import Province
from hall.demo.units import DemoUnit
from hall.demo.vocabulary import PASSWORD
from insurance import certificates
from insurance.models import Enrolment, InsuredPerson, InsuredUnit
from insurance.months import Month
from reporting import certificates as completion
from reporting.models import Placement

IN_BATCH = 3
REVOKED_BECAUSE = "打印期间选择有误，已重新打印（演示）"


def issue_certificates(province: Province, units: list[DemoUnit], offset: int) -> int:
    """Certificates in a province, of each kind that it has something to certify for; returns how many there are."""
    clock.set_to(clock.days_ago(0))
    for host in units:
        if (insured := InsuredUnit.objects.of_unit(host.unit).first()) is not None:
            _print_all(province, host, insured, offset)
            break
    ended = Placement.objects.filter(
        state=Placement.State.ENDED,
        end_reason__in=completion.COMPLETED,
        position__region__code__startswith=province.code[:2],
    )
    for placement in ended.order_by("pk"):
        completion.issue(placement=placement, by=placement.individual.user)
    return IssuedDocument.objects.filter(region__code__startswith=province.code[:2]).count()


def _print_all(province: Province, host: DemoUnit, insured: InsuredUnit, offset: int) -> None:
    certificates.issue_for_unit(unit=host.unit, insured=insured, by=host.user)
    rows = list(Enrolment.objects.in_service(insured).select_related("person").order_by("person_number"))
    today = Month.of(clock.days_ago(0).date())
    numbers = [row.person_number for row in rows[:IN_BATCH]]
    batch = batches.start(
        kind=certificates.PersonCertificate.code,
        unit=host.unit,
        subject_keys=numbers,
        options={"insured": insured.number, **certificates.Period.recent(clock.days_ago(0).date()).stored()},
        form=DocumentBatch.Form.ZIP,
        by=host.user,
    )
    batches.run(batch, workers=1)
    wrong = certificates.draft_for_unit(host.unit, insured, numbers[0], certificates.Period(today - 11, today))
    document = certificates.issue(wrong, by=host.user)
    actions.revoke(document=document, reason=REVOKED_BECAUSE, by=province.staff["business"])
    person = rows[-1].person
    own = certificates.own_draft(
        _account(province, person, offset), person, certificates.Period.recent(clock.days_ago(0).date())
    )
    assert isinstance(own.owner, Individual)  # noqa: S101 - for the type checker
    certificates.issue(own, by=own.owner.user)


def _account(province: Province, person: InsuredPerson, offset: int) -> Individual:
    """An account for one of the insured, verified at the counter, so that somebody can print the own certificate."""
    individual = accounts.register_individual(
        mobile=identity.mobile(7000 + offset),
        password=PASSWORD,
        name=person.name,
        id_type="01",
        id_no=person.id_no,
        address=None,
        by=None,
    )
    with audit.actor(province.staff["hall"], command="load_demo"):
        individual.user.username = f"{province.key}-insured"
        individual.user.save(update_fields=["username"])
        individual.level = RealNameLevel.MATCHED
        individual.save(update_fields=["level"])
    return individual
