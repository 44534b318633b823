"""参保证明 (E4, E5, B5): what they say, for which months, for whom, and that printing again gives the same file."""

from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Handler
from documents import verification
from documents.models import IssuedDocument
from insurance.certificates import Period
from insurance.models import Enrolment, InsuredUnit
from insurance.months import Month
from tests.documents.support import bytes_of, text_of
from tests.factories import make_handler, make_individual, make_unit
from tests.insurance.support import make_enrolment, make_insured_unit, make_months, make_person
from tests.internship.support import set_policy

pytestmark = pytest.mark.django_db

FIRST = Month.of(timezone.localdate()) - 29


@pytest.fixture(autouse=True)
def _validity() -> None:
    set_policy("certificate_validity_months", "3")


def insured_handler() -> tuple[Handler, InsuredUnit]:
    handler = make_handler()
    return handler, make_insured_unit(handler.unit)


def enrolled(unit: InsuredUnit, months: int = 30, **fields: Any) -> Enrolment:
    enrolment = make_enrolment(unit, make_person(**fields))
    make_months(enrolment.person, unit, str(FIRST), months)
    return enrolment


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def words_of(document: IssuedDocument) -> str:
    return "".join(text_of(bytes_of(document)).split())


def print_person(client: Client, number: str, **period: str) -> Any:
    return client.post(reverse("certificates:person", args=[number]), {"span": "recent"} | period)


def test_the_unit_prints_its_own_certificate() -> None:
    handler, unit = insured_handler()
    enrolled(unit)
    client = signed_in(handler.user)
    page = client.get(reverse("certificates:unit")).content.decode()
    for fact in (unit.name, unit.number, "1人", "无欠费"):
        assert fact in page
    answer = client.post(reverse("certificates:unit"), follow=True)
    assert b"".join(answer.streaming_content).startswith(b"%PDF-")
    document = IssuedDocument.objects.get()
    words = words_of(document)
    for fact in (unit.name, unit.number, unit.uscc, "2014年10月", "1人", "无欠费", unit.agency, document.number):
        assert "".join(fact.split()) in words


def test_arrears_are_on_the_units_certificate() -> None:
    handler, unit = insured_handler()
    make_months(enrolled(unit).person, unit, str(FIRST + 30), 1, is_paid=False)
    assert "有欠费" in signed_in(handler.user).get(reverse("certificates:unit")).content.decode()


def test_a_person_s_certificate_holds_every_month_of_the_period_to_the_fen() -> None:
    handler, unit = insured_handler()
    person = enrolled(unit).person
    client = signed_in(handler.user)
    assert print_person(client, person.number).status_code == 302
    document = IssuedDocument.objects.get()
    words, this_month = words_of(document), Month.of(timezone.localdate())
    for step in range(24):
        assert f"{this_month - step}6,000.00960.00480.00已到账" in words
    assert str(this_month - 24) not in words
    for fact in (person.name, person.id_no, person.number, unit.name, "期间24个月，累计30个月", "11,520.00"):
        assert fact in words
    assert Decimal(document.snapshot["unit_sum"].replace(",", "")) == 24 * Decimal("960.00")


def test_the_period_may_be_everything_or_from_a_month_to_a_month() -> None:
    handler, unit = insured_handler()
    person = enrolled(unit).person
    client = signed_in(handler.user)
    print_person(client, person.number, span="whole")
    assert IssuedDocument.objects.get().snapshot["paid"] == 30
    print_person(client, person.number, span="chosen", first=str(FIRST + 1), last=str(FIRST + 3))
    months = IssuedDocument.objects.latest("pk").snapshot["months"]
    assert [row[0] for row in months] == [str(FIRST + step) for step in (1, 2, 3)]


@pytest.mark.parametrize(
    ("first", "last", "sentence"),
    [
        ("", "2026-01", "请填写起始年月"),
        ("2026-02", "", "请填写截止年月"),
        ("2026-02", "2026-01", "截止年月不能早于起始年月"),
        ("2026-13", "2026-01", "不是有效的年月"),
    ],
)
def test_a_period_that_is_none_is_told_at_the_field(first: str, last: str, sentence: str) -> None:
    handler, unit = insured_handler()
    person = enrolled(unit).person
    answer = print_person(signed_in(handler.user), person.number, span="chosen", first=first, last=last)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not IssuedDocument.objects.exists()


def test_a_period_without_months_says_so() -> None:
    handler, unit = insured_handler()
    person = enrolled(unit).person
    answer = print_person(signed_in(handler.user), person.number, span="chosen", first="2001-01", last="2001-12")
    assert answer.status_code == 422
    assert "所选期间没有缴费记录" in answer.content.decode()


def test_printing_again_the_same_day_gives_the_same_file_and_new_data_a_new_number() -> None:
    handler, unit = insured_handler()
    person = enrolled(unit, months=29).person
    client = signed_in(handler.user)
    first = print_person(client, person.number)["Location"]
    assert print_person(client, person.number)["Location"] == first
    make_months(person, unit, str(FIRST + 29), 1)
    assert print_person(client, person.number)["Location"] != first
    assert IssuedDocument.objects.count() == 2


def test_what_a_unit_prints_leaves_out_months_through_another_unit() -> None:
    handler, unit = insured_handler()
    person = enrolled(unit, months=6).person
    other = make_insured_unit()
    make_months(person, other, str(FIRST - 6), 6)
    print_person(signed_in(handler.user), person.number, span="whole")
    assert IssuedDocument.objects.get().snapshot["paid"] == 6


def test_people_of_another_unit_are_not_there() -> None:
    handler, unit = insured_handler()
    enrolled(unit)
    other = insured_handler()[1]
    person = enrolled(other).person
    client = signed_in(handler.user)
    assert print_person(client, person.number).status_code == 404
    assert client.get(reverse("certificates:people"), {"number": other.number}).status_code == 404
    assert person.name not in client.get(reverse("certificates:people")).content.decode()


def test_who_left_the_unit_is_not_printed_by_it() -> None:
    handler, unit = insured_handler()
    enrolment = enrolled(unit)
    Enrolment.objects.filter(pk=enrolment.pk).update(state="ended", ends_on=timezone.localdate().replace(day=1))
    assert print_person(signed_in(handler.user), enrolment.person.number).status_code == 404


def test_a_document_of_the_unit_is_for_its_handlers_alone() -> None:
    handler, unit = insured_handler()
    print_person(signed_in(handler.user), enrolled(unit).person.number)
    address = reverse("documents:download", args=[IssuedDocument.objects.get().number])
    assert signed_in(handler.user).get(address).status_code == 200
    assert signed_in(make_handler(make_unit()).user).get(address).status_code == 404


def test_one_s_own_certificate_covers_all_units_and_needs_a_verified_account() -> None:
    unit, other = make_insured_unit(), make_insured_unit()
    individual = make_individual(name="周演示", level=3)
    person = make_person(name="周演示", id_no=individual.id_no)
    make_enrolment(unit, person)
    make_months(person, other, str(FIRST), 10)
    make_months(person, unit, str(FIRST + 10), 20)
    client = signed_in(individual.user)
    assert "期间24个月" in client.get(reverse("certificates:own")).content.decode()
    answer = client.post(reverse("certificates:own"), {"span": "whole"}, follow=True)
    assert b"".join(answer.streaming_content).startswith(b"%PDF-")
    document = IssuedDocument.objects.get()
    assert document.individual == individual
    assert document.snapshot["paid"] == 30
    individual.level = 2
    individual.save()
    page = client.post(reverse("certificates:own"), {"span": "whole"})
    assert "请先完成实名认证" in page.content.decode()


def test_it_can_be_verified_for_three_months_and_shows_little() -> None:
    handler, unit = insured_handler()
    person = enrolled(unit).person
    print_person(signed_in(handler.user), person.number)
    document = IssuedDocument.objects.get()
    verdict = verification.by_file(bytes_of(document))
    assert verdict.outcome == verification.Outcome.VALID
    assert document.valid_until is not None
    assert Month.of(document.valid_until) - Month.of(document.issued_on) == 3
    shown = str(verdict.facts)
    assert person.name not in shown
    assert person.id_no not in shown
    assert "480" not in shown


def test_the_validity_that_ships_is_three_months_with_its_source() -> None:
    lines = (settings.BASE_DIR / "common/data/policies.csv").read_text().splitlines()
    (line,) = [found.split(",") for found in lines if found.startswith("certificate_validity_months,")]
    assert line[1:3] == ["", "3"]
    assert line[5]


@pytest.mark.usefixtures("document_face")
def test_24_months_fit_on_one_page_of_at_most_60_kb() -> None:
    import pypdfium2

    handler, unit = insured_handler()
    print_person(signed_in(handler.user), enrolled(unit).person.number)
    pdf = bytes_of(IssuedDocument.objects.get())
    assert len(pdf) <= 60_000
    assert len(pypdfium2.PdfDocument(pdf)) == 1


def test_the_recent_period_ends_with_this_month() -> None:
    period = Period.recent(timezone.localdate())
    assert period.last == Month.of(timezone.localdate())
    assert period.last - period.first == 23  # type: ignore[operator]
    assert Period.restored(period.stored()) == period
    assert Period.restored(Period().stored()) == Period()


def test_the_list_finds_people_by_name_and_number_and_asks_as_much_for_many(
    assert_same_queries_for_more_rows: Any,
) -> None:
    handler, unit = insured_handler()
    person = enrolled(unit, name="郑演示").person
    client = signed_in(handler.user)
    address = reverse("certificates:people")
    assert "郑演示" in client.get(address, {"name": "郑演"}).content.decode()
    assert "郑演示" in client.get(address, {"person_number": person.number[:6]}).content.decode()
    assert "没有符合条件的人员" in client.get(address, {"name": "吴演"}).content.decode()
    assert_same_queries_for_more_rows(lambda: enrolled(unit, months=1), lambda: client.get(address))
