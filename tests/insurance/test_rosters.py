"""Rosters of the unit portal (E1–E3): filters, pages by key, scope, masks, clear text, exports."""

import io
import re

import pytest
from django.urls import reverse
from openpyxl import load_workbook
from pypdfium2 import PdfDocument

from common.models import StoredFile
from insurance import actions, jobs, roster
from insurance.models import PersonClearTextView, RosterExport
from tests.factories import make_handler, make_individual, make_unit
from tests.insurance.support import day, make_enrolment, make_insured_unit, make_months, make_person, make_retiree

pytestmark = pytest.mark.django_db

SERVICE, RETIRED = "/unit/insurance/service/", "/unit/insurance/retired/"


@pytest.fixture
def handler():
    return make_handler()


@pytest.fixture
def insured(handler):
    return make_insured_unit(handler.unit)


@pytest.fixture
def portal(client, handler):
    client.force_login(handler.user)
    return client


def names(response) -> list[str]:
    """The names that the list shows, in its order."""
    return re.findall(r'/unit/insurance/people/\w+/">([^<]+)</a>', response.content.decode())


# --- 单位基本信息 --------------------------------------------------------------------------------


def test_unit_information_shows_kinds_people_last_month_and_arrears(portal, insured):
    person = make_person()
    make_enrolment(insured, person)
    make_retiree(insured)
    make_months(person, insured, "2026-01", 3)
    make_months(person, insured, "2026-04", 2, is_paid=False)
    text = portal.get("/unit/insurance/").content.decode()
    for shown in (insured.number, "机关事业单位养老保险", "1 人", "2026-03", "2 人月", "2,880.00"):
        assert shown in text


def test_a_unit_without_a_number_is_told_where_to_get_one(portal):
    for url in ("/unit/insurance/", SERVICE, RETIRED):
        response = portal.get(url)
        assert response.status_code == 200
        assert "网办业务开通" in response.content.decode()


def test_a_unit_with_several_numbers_chooses_among_its_own(portal, insured, handler):
    second, foreign = make_insured_unit(handler.unit), make_insured_unit(make_unit())
    make_enrolment(insured, make_person(name="演示甲"))
    make_enrolment(second, make_person(name="演示乙"))
    assert names(portal.get(SERVICE)) == ["演示甲"]
    assert names(portal.get(SERVICE, {"number": second.number})) == ["演示乙"]
    for url in ("/unit/insurance/", SERVICE, RETIRED):
        assert portal.get(url, {"number": foreign.number}).status_code == 404


# --- Filters -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["张演示", "李演示", "王示例"]),
        ({"name": "演示"}, ["张演示", "李演示"]),
        ({"name": "王"}, ["王示例"]),
        ({"name": "无此人"}, []),
        ({"name": "——"}, []),
        ({"person_number": "3600000002"}, ["李演示"]),
        ({"person_number": "36"}, ["张演示", "李演示", "王示例"]),
        ({"person_number": "9"}, []),
        ({"months_from": "2026-02"}, ["张演示"]),
        ({"months_to": "2025-12"}, ["李演示"]),
        ({"months_from": "2025-01", "months_to": "2025-06"}, ["李演示"]),
        ({"state": "suspended"}, ["王示例"]),
        ({"order": "newest"}, ["王示例", "李演示", "张演示"]),
        ({"months_from": "nonsense"}, ["张演示", "李演示", "王示例"]),
        ({"kind": "410"}, []),
    ],
)
def test_people_in_service_are_filtered(portal, insured, query, found):
    from insurance.models import UnitInsurance

    UnitInsurance.objects.create(unit=insured, kind="410", starts_on=day("2014-10"))
    people = [make_person(name=name) for name in ("张演示", "李演示", "王示例")]
    make_enrolment(insured, people[0], starts_on=day("2014-10"))
    make_enrolment(insured, people[1], starts_on=day("2015-10"))
    make_enrolment(insured, people[2], starts_on=day("2016-10"), state="suspended", ends_on=day("2017-01"))
    make_months(people[0], insured, "2026-01", 3)
    make_months(people[1], insured, "2025-01", 3)
    assert names(portal.get(SERVICE, query)) == found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["张演示", "李演示"]),
        ({"name": "李演"}, ["李演示"]),
        ({"months_from": "2024-06"}, ["李演示"]),
        ({"months_from": "2024-05", "months_to": "2024-05"}, ["张演示"]),
        ({"state": "2"}, ["李演示"]),
        ({"kind": "3"}, ["张演示"]),
        ({"order": "newest"}, ["李演示", "张演示"]),
    ],
)
def test_retired_people_are_filtered(portal, insured, query, found):
    make_retiree(insured, make_person(name="张演示"), retired_on=day("2024-05-31"), kind="3")
    make_retiree(insured, make_person(name="李演示"), retired_on=day("2025-05-31"), pay_state="2")
    assert names(portal.get(RETIRED, query)) == found


def test_who_left_is_in_no_roster(portal, insured):
    make_enrolment(insured, make_person(name="演示离开"), state="ended", ends_on=day("2020-01"))
    assert names(portal.get(SERVICE)) == []


def test_an_end_before_the_beginning_is_told(portal, insured):
    response = portal.get(SERVICE, {"months_from": "2026-02", "months_to": "2026-01"})
    assert "截止年月不能早于起始年月" in response.content.decode()


# --- Pages ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", ["number", "newest", "oldest"])
def test_pages_by_key_show_everybody_once_and_lead_back(portal, insured, monkeypatch, order):
    monkeypatch.setattr(roster, "PAGE_SIZE", 3)
    # Several begin in the same month, so that the key alone decides between them.
    people = [make_enrolment(insured, starts_on=day(f"20{15 + at // 4}-01")) for at in range(10)]
    rows = roster.in_service(insured, roster.Choice())
    by = roster.SERVICE_ORDERS[order]
    seen, after, pages = [], "", []
    while True:
        page = roster.page(rows, by, after=after)
        pages.append([row.pk for row in page.rows])
        seen += pages[-1]
        if not page.after:
            break
        after = page.after
    assert sorted(seen) == sorted(row.pk for row in people)
    assert len(seen) == len(people)
    back, shown = page.before, []
    while back:
        page = roster.page(rows, by, before=back)
        shown.append([row.pk for row in page.rows])
        back = page.before
    assert shown[::-1] == pages[:-1]


@pytest.mark.parametrize("key", ["x", "~", "x~", "~1", "x~²", "2020-13-45~1", "x~" + "9" * 30])
def test_a_key_that_is_none_shows_the_first_page(portal, insured, key):
    make_enrolment(insured, make_person(name="演示甲"))
    for order in ("number", "newest"):
        response = portal.get(SERVICE, {"after": key, "order": order})
        assert response.status_code == 200


def test_a_list_over_a_thousand_is_counted_no_further(insured, monkeypatch):
    monkeypatch.setattr(roster, "MOST_COUNTED", 3)
    for _ in range(5):
        make_enrolment(insured)
    found = roster.count(roster.in_service(insured, roster.Choice()))
    assert roster.total_words(found) == "共 3+ 人"


@pytest.mark.parametrize("url", [SERVICE, RETIRED])
def test_a_page_asks_as_often_for_one_person_as_for_three(portal, insured, assert_same_queries_for_more_rows, url):
    def add():
        person = make_person()
        make_enrolment(insured, person)
        make_retiree(insured, person)

    assert assert_same_queries_for_more_rows(add, lambda: portal.get(url)) <= 12


def test_a_filter_by_htmx_answers_with_the_list_alone(portal, insured):
    make_enrolment(insured, make_person(name="演示甲"))
    response = portal.get(SERVICE, {"name": "甲"}, headers={"HX-Request": "true"})
    assert names(response) == ["演示甲"]
    assert "<html" not in response.content.decode()


# --- Scope and masks -----------------------------------------------------------------------------


def test_another_units_people_exports_and_clear_text_are_404(client, insured, handler):
    person = make_person()
    make_enrolment(insured, person)
    export = actions.export_roster(
        unit=handler.unit, insured_unit=insured, kind=RosterExport.Roster.SERVICE, format=RosterExport.Format.XLSX,
        choice=roster.Choice(), by=handler.user,
    )  # fmt: skip
    other = make_handler(make_unit())
    make_insured_unit(other.unit)
    client.force_login(other.user)
    for name, args in [
        ("person", [person.number]), ("export_page", [export.pk]), ("export_file", [export.pk]),
    ]:  # fmt: skip
        assert client.get(reverse(f"insurance:{name}", args=args)).status_code == 404
    assert client.post(reverse("insurance:clear_text", args=[person.number])).status_code == 404
    stolen = client.post(reverse("insurance:export", args=["service"]), {"format": "xlsx", "number": insured.number})
    assert stolen.status_code == 404
    assert not PersonClearTextView.objects.exists()


def test_a_colleague_does_not_fetch_what_another_handler_exported(client, insured, handler):
    make_enrolment(insured)
    export = actions.export_roster(
        unit=handler.unit, insured_unit=insured, kind=RosterExport.Roster.SERVICE, format=RosterExport.Format.XLSX,
        choice=roster.Choice(), by=handler.user,
    )  # fmt: skip
    client.force_login(make_handler(handler.unit).user)
    assert client.get(reverse("insurance:export_file", args=[export.pk])).status_code == 404


def test_id_and_account_numbers_are_masked_until_asked_for_and_the_asking_is_logged(portal, insured, handler):
    retiree = make_retiree(insured)
    person = retiree.person
    page = reverse("insurance:person", args=[person.number])
    for url in (RETIRED, page):
        text = portal.get(url).content.decode()
        assert person.id_no not in text
        assert retiree.account_no not in text
        assert person.id_no[-4:] in text
    clear = portal.post(reverse("insurance:clear_text", args=[person.number]))
    assert person.id_no in clear.content.decode()
    assert "no-store" in clear["Cache-Control"]
    logged = PersonClearTextView.objects.get()
    assert (logged.person, logged.viewed_by, logged.unit) == (person, handler.user, handler.unit)
    assert portal.get(reverse("insurance:clear_text", args=[person.number])).status_code == 405


def test_a_persons_page_shows_only_months_through_the_own_unit(portal, insured):
    person, former = make_person(), make_insured_unit()
    make_enrolment(former, person, ends_on=day("2018-12"), state="ended")
    make_enrolment(insured, person, starts_on=day("2019-01"))
    make_months(person, former, "2018-01", 12)
    make_months(person, insured, "2019-01", 2)
    text = portal.get(reverse("insurance:person", args=[person.number])).content.decode()
    assert "2019年" in text
    assert "2018年" not in text
    assert former.name not in text


# --- Exports -------------------------------------------------------------------------------------


def exported(portal, kind: str, wanted: str, **filters: str) -> bytes:
    """Ask for a roster and fetch its file."""
    response = portal.post(reverse("insurance:export", args=[kind]), {"format": wanted, **filters}, follow=True)
    assert response.status_code == 200
    file = portal.get(response.request["PATH_INFO"] + "file/")
    assert file.status_code == 200
    assert "no-store" in file["Cache-Control"]
    return b"".join(file.streaming_content)


def test_a_workbook_has_the_filtered_people_masked_with_formulas_disarmed_and_the_mark(portal, insured, handler):
    person = make_person(name="=1+1")
    make_enrolment(insured, person)
    make_enrolment(insured, make_person(name="演示乙"))
    book = load_workbook(io.BytesIO(exported(portal, "service", "xlsx", person_number=person.number)))
    rows = [list(row) for row in book.active.iter_rows(values_only=True)]
    export = RosterExport.objects.get()
    assert rows[0][:4] == ["个人代码", "姓名", "性别", "社会保障号"]
    assert rows[1][1] == "'=1+1"
    assert rows[1][3] != person.id_no
    assert rows[1][-1] == export.mark
    assert handler.user.name in rows[2][0]
    assert len(rows) == 3
    assert (export.total, export.done, export.state) == (1, 1, "made")
    assert export.filters == {"person_number": person.number, "order": "number"}


def test_a_document_carries_unit_handler_and_time_on_every_page(portal, insured, handler, monkeypatch):
    monkeypatch.setattr("insurance.sheets.PDF_ROWS", 2)
    for _ in range(3):
        make_retiree(insured)
    with PdfDocument(exported(portal, "retired", "pdf")) as document:
        pages = [page.get_textpage().get_text_range() for page in document]
    assert len(pages) == 2
    for text in pages:
        assert handler.user.name in text
        assert RosterExport.objects.get().mark in text
    assert "共 3 人" in pages[0]


def test_a_large_roster_is_made_in_the_background_once(portal, insured, monkeypatch):
    monkeypatch.setitem(actions.AT_ONCE, RosterExport.Format.XLSX, 1)
    for _ in range(3):
        make_enrolment(insured)
    response = portal.post(reverse("insurance:export", args=["service"]), {"format": "xlsx"}, follow=True)
    assert "正在生成，已完成 0 / 3 人" in response.content.decode()
    export = RosterExport.objects.get()
    jobs.make_roster_export(export.pk)
    jobs.make_roster_export(export.pk)
    export.refresh_from_db()
    assert (export.done, export.state) == (3, "made")
    assert StoredFile.objects.count() == 1
    part = portal.get(reverse("insurance:export_page", args=[export.pk]), headers={"HX-Request": "true"})
    assert "文件已生成" in part.content.decode()


def test_an_export_of_nobody_is_refused_and_so_is_an_unknown_format(portal, insured):
    response = portal.post(reverse("insurance:export", args=["service"]), {"format": "xlsx"}, follow=True)
    assert actions.NOBODY in response.content.decode()
    assert portal.post(reverse("insurance:export", args=["service"]), {"format": "exe"}).status_code == 404
    assert not RosterExport.objects.exists()


def test_exports_of_a_unit_are_limited_by_day(portal, insured, monkeypatch):
    monkeypatch.setattr(actions, "EXPORTS_PER_DAY", 1)
    make_enrolment(insured)
    exported(portal, "service", "xlsx")
    response = portal.post(reverse("insurance:export", args=["service"]), {"format": "xlsx"}, follow=True)
    assert actions.TOO_OFTEN in response.content.decode()


def test_files_of_exports_go_after_a_week_and_the_entry_stays(portal, insured, django_capture_on_commit_callbacks, at):
    make_enrolment(insured)
    exported(portal, "service", "xlsx")
    export = RosterExport.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        assert actions.discard_exports(before=export.made_at, by=None) == 0
        jobs.discard_roster_exports(0)
        assert StoredFile.objects.count() == 1
        at("2099-01-01 04:20")
        jobs.discard_roster_exports(0)
    export.refresh_from_db()
    assert export.file is None
    assert StoredFile.objects.count() == 0


# --- 我的缴费记录 (B5) ---------------------------------------------------------------------------


@pytest.mark.parametrize(("level", "shown"), [(2, False), (3, True)])
def test_the_own_history_opens_from_real_name_level_three(client, level, shown):
    unit, person = make_insured_unit(), make_person()
    make_enrolment(unit, person)
    make_months(person, unit, "2025-12", 3)
    make_months(person, unit, "2026-03", 1, is_paid=False)
    client.force_login(make_individual(id_no=person.id_no, level=level).user)
    text = client.get("/individual/insurance/").content.decode()
    assert ("2026年" in text) is shown
    assert ("请先完成实名认证" in text) is not shown
    assert ("应缴未缴 1 个月" in text) is shown
    assert person.id_no not in text


def test_who_is_not_insured_is_told_so(client):
    client.force_login(make_individual().user)
    assert "没有查询到您的参保记录" in client.get("/individual/insurance/").content.decode()
