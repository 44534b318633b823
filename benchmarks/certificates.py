"""1,000 certificates in one job, signing included.

The floor is what one would write first: WeasyPrint as it is, with the system's full face, page by page, then
pyHanko as it is. One processor is compared with one processor; the whole job, which uses all of them and
numbers and stores the documents as well, stands beside it.
"""

import io
import time
from datetime import date
from decimal import Decimal

from django.core.management import call_command
from django.utils import timezone
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, sign_pdf
from weasyprint import HTML

from accounts.models import Handler, Unit, UnitNumber, User
from benchmarks.harness import Row, ratio_row, time_pair
from common import codes, pdf, regions
from documents import batches, press, rendering, signing
from documents.keys import hall_key
from documents.models import DocumentBatch, IssuedDocument
from insurance.certificates import Period, PersonCertificate
from insurance.models import ContributionMonth, Enrolment, InsuredPerson, InsuredUnit
from insurance.months import Month
from insurance.tokens import roster_tokens

CERTIFICATES = 1_000
REACH, MOST_BYTES = 0.6, 60_000
# Printed per round on each side; a page takes about a tenth of a second.
PAGES_A_ROUND, ROUNDS = 8, 7
COUNTY = "360102"
SURNAMES, GIVEN = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨", "安博晨丹恩芳光涵佳凯岚明宁佩清然书彤文欣雅泽"


def run() -> list[Row]:
    """The job, then page by page against the floor."""
    for command in ("load_regions", "load_policies", "build_document_font"):
        call_command(command, verbosity=0)
    regions.forget()
    batch = _batch(*_load())
    started = time.perf_counter()
    batches.run(batch)
    job = (time.perf_counter() - started) / CERTIFICATES
    made = IssuedDocument.objects.produced().select_related("file")
    assert made.count() == CERTIFICATES
    largest = max(document.file.size for document in made if document.file)
    pages = [rendering.html_of(document) for document in made.order_by("pk")[: PAGES_A_ROUND * 2]]
    timing = time_pair(lambda: _ours(pages), lambda: _bare(pages), rounds=ROUNDS)
    floor = timing.floor_median / PAGES_A_ROUND
    return [
        ratio_row("one certificate, one processor, signed", timing, REACH),
        Row(f"one of {CERTIFICATES} in a job, all processors, numbered and stored", job, REACH, floor, "s"),
        Row("largest file", largest / 1000, MOST_BYTES / 1000, unit="KB"),
    ]


def _ours(pages: list[str]) -> None:
    for _ in press.print_all(enumerate(pages[:PAGES_A_ROUND]), PAGES_A_ROUND, workers=1):
        pass


def _bare(pages: list[str]) -> None:
    signer, _ = signing._signer(hall_key())
    meta = PdfSignatureMetadata(field_name="Signature", subfilter=SigSeedSubFilter.PADES)
    for html in pages[:PAGES_A_ROUND]:
        plain = HTML(string=html).write_pdf(stylesheets=[pdf._STYLE])
        sign_pdf(IncrementalPdfFileWriter(io.BytesIO(plain)), meta, signer=signer.signer)


# --- Data ----------------------------------------------------------------------------------------


def _load() -> tuple[Unit, InsuredUnit, User]:
    """A unit with so many people, each with 24 months paid. All of it is invented."""
    user = User.objects.create_user("bench", name="演示经办")
    unit = Unit.objects.create(name="演示单位（虚构）", uscc="12360100MB00000001", legal_person_type="02")
    Handler.objects.create(unit=unit, user=user, name=user.name)
    insured = InsuredUnit.objects.create(
        number="360100000001", name=unit.name, agency="演示社会保险中心", region_id=COUNTY
    )
    UnitNumber.objects.create(unit=unit, number=insured.number)
    people = InsuredPerson.objects.bulk_create(_person(number) for number in range(1, CERTIFICATES + 1))
    months = [Month.of(timezone.localdate()) - back for back in range(24)]
    Enrolment.objects.bulk_create(
        Enrolment(
            unit=insured,
            person=person,
            kind=codes.GOVERNMENT_PENSION,
            starts_on=date(2014, 10, 1),
            paid_months=146,
            person_number=person.number,
            tokens=roster_tokens(insured.pk, person.name),
        )
        for person in people
    )
    ContributionMonth.objects.bulk_create(
        (_month(person, insured, month, place) for place, person in enumerate(people) for month in months),
        batch_size=5_000,
    )
    return unit, insured, user


def _person(number: int) -> InsuredPerson:
    surname, given = SURNAMES[number % len(SURNAMES)], GIVEN[number % len(GIVEN)]
    return InsuredPerson(
        number=f"36{number:08d}",
        name=f"{surname}{given}{GIVEN[number // 7 % len(GIVEN)]}",
        id_no=f"3601021975051{number:04d}X",
        sex="1",
        birth_date=date(1975, 5, 17),
    )


def _month(person: InsuredPerson, unit: InsuredUnit, month: Month, place: int) -> ContributionMonth:
    base = Decimal(6000 + place)
    return ContributionMonth(
        person=person,
        unit=unit,
        kind=codes.GOVERNMENT_PENSION,
        month=date(month.year, month.month, 1),
        base=base,
        unit_share=base * Decimal("0.16"),
        personal_share=base * Decimal("0.08"),
    )


def _batch(unit: Unit, insured: InsuredUnit, user: User) -> DocumentBatch:
    options = {"insured": insured.number, **Period.recent(timezone.localdate()).stored()}
    numbers = insured.enrolments.order_by("person_number").values_list("person_number", flat=True)
    return batches.start(
        kind=PersonCertificate.code, unit=unit, subject_keys=numbers, options=options, form="zip", by=user
    )
