"""Batch reports (C5, C6, C7): files that are read, judged, corrected and imported, in the portal and by command."""

import io
import json
import threading
import uuid
from datetime import timedelta
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import IntegrityError, connections, transaction
from django.utils import timezone

from common import constraints, files
from common.sheets.exports import export
from common.transitions import TransitionRefused
from internship.models import Mentor
from internship.rules import add_months
from positions.models import Position
from reporting import sheets as columns
from reporting.models import Attendance, OnPostStatus, Placement, PlacementImport
from review import actions as review_actions
from review import matters, sheets, submission, workflow
from review.matters import StartRefused
from review.models import Case, CasePerson, ClearTextView
from review.portal import case_url
from tests.factories import OTHER_COUNTY, make_individual, make_staff, make_unit
from tests.internship.support import make_case, set_policy
from tests.reporting.support import (
    day,
    make_fresh_trainee,
    make_placement,
    make_position,
    make_qualified,
    set_limits,
    terms,
)

pytestmark = pytest.mark.django_db
MARCH = day("2026-03-01")


@pytest.fixture
def handler(db):
    set_limits()
    return make_qualified()


def matched(trainee, position: Position, **values: Any) -> dict[str, Any]:
    """A row of 见习匹配结果."""
    row = terms() | {"id_no": trainee.id_no, "name": trainee.name, "position": position.number}
    row |= {name: Decimal(row[name]) for name in ("living_standard", "premium")}
    return row | values


def workbook(sheet, *rows: dict[str, Any]) -> bytes:
    return export(sheet, rows)


def judged(handler, code: str, *rows: dict[str, Any]):
    """A file read against the hall's data."""
    matter = matters.get(code)
    page = matter.pages(Case(unit=handler.unit, matter=code), {})[0]
    return page, sheets.read(page, workbook(matter.columns, *rows))


def reasons(handler, code: str, *rows: dict[str, Any]) -> list[tuple[int, str, str]]:
    """The faults of a file: row, column, reason."""
    return [(e.row, e.column, e.message) for e in judged(handler, code, *rows)[1].errors]


def handed_in(handler, code: str, *rows: dict[str, Any]) -> Case:
    """The file imported as the portal does it."""
    page, result = judged(handler, code, *rows)
    assert result.ok, result.errors
    case = review_actions.start_case(code, handler.unit, by=handler.user)
    review_actions.save_page(case, page.key, sheets.keep(result, name="名单.xlsx", by=handler.user), 0, by=handler.user)
    return workflow.perform(case, "submit", by=handler.user)


def counts(case: Case) -> tuple[int, int, int]:
    record = matters.get(case.matter).record.objects.get(pk=case.pk)
    return record.created, record.updated, record.unchanged


# --- 见习匹配结果 (C5) ---------------------------------------------------------------------------


def test_rows_become_placements_at_once(handler) -> None:
    position, people = make_position(handler.unit), [make_fresh_trainee(), make_fresh_trainee()]
    case = handed_in(handler, "placement-import", *(matched(person, position) for person in people))
    assert (case.status, counts(case)) == ("approved", (2, 0, 0))
    assert {p.individual_id for p in Placement.objects.filter(case=case)} == {p.individual_id for p in people}
    assert Position.objects.get().places_taken == 2
    assert CasePerson.objects.filter(case=case).count() == 2


def test_the_same_file_again_changes_nothing_and_a_correction_only_its_row(handler) -> None:
    position, people = make_position(handler.unit), [make_fresh_trainee(), make_fresh_trainee()]
    rows = [matched(p, position, agreement_no=f"XY-{n}") for n, p in enumerate(people)]
    handed_in(handler, "placement-import", *rows)
    assert counts(handed_in(handler, "placement-import", *rows)) == (0, 0, 2)
    later = rows[1]["starts_on"] + timedelta(days=5)
    rows[1] |= {"starts_on": later, "living_standard": Decimal("3300")}
    assert counts(handed_in(handler, "placement-import", *rows)) == (0, 1, 1)
    corrected = Placement.objects.get(agreement_no="XY-1")
    assert (corrected.starts_on, corrected.living_standard) == (later, Decimal("3300"))
    assert (Placement.objects.count(), Position.objects.get().places_taken) == (2, 2)


def test_a_correction_of_the_position_moves_the_place(handler) -> None:
    one, two = make_position(handler.unit), make_position(handler.unit)
    person = make_fresh_trainee()
    handed_in(handler, "placement-import", matched(person, one))
    handed_in(handler, "placement-import", matched(person, two))
    taken = [Position.objects.get(pk=p.pk).places_taken for p in (one, two)]
    assert taken == [0, 1]


def test_every_fault_is_told_at_its_cell(handler) -> None:
    position, other = make_position(handler.unit, places=1), make_position(make_unit())
    people = [make_fresh_trainee() for _ in range(5)]
    stranger = make_individual(education="21")
    today = timezone.localdate()
    rows = [
        matched(people[0], position),
        matched(people[1], position, living_standard=Decimal("3100")),
        matched(people[2], other),
        matched(people[3], position, name="别人"),
        matched(stranger, position),
        matched(people[4], position, ends_on=today + timedelta(days=30), insured_to=today + timedelta(days=10)),
    ]
    found = reasons(handler, "placement-import", *rows)
    assert (3, "岗位编号", f"岗位{position.number}招收1人，名额已满") in found
    assert (4, "岗位编号", "不是本单位审核通过的岗位") in found
    assert (5, "姓名", "姓名与证件号码不一致") in found
    assert (6, "证件号码", "该人员不是就业见习人员") in found
    assert {column for row, column, _ in found if row == 7} >= {"见习结束日期", "保险终止日期"}
    assert not [fault for fault in found if fault[0] == 2]


def test_a_person_twice_in_a_file_and_days_taken_elsewhere(handler) -> None:
    position, person, busy = make_position(handler.unit), make_fresh_trainee(), make_fresh_trainee()
    make_placement(make_qualified().unit, person=busy.individual)
    found = reasons(
        handler, "placement-import", matched(person, position), matched(person, position), matched(busy, position)
    )
    assert [(row, column) for row, column, _ in found] == [(3, "证件号码"), (4, "见习开始日期")]
    assert "期限不能重叠" in found[1][2]


def test_where_no_application_is_needed_the_persons_own_data_are_enough(handler) -> None:
    set_policy("placement_requires_trainee", "off", handler.unit.handling_region_id)
    person = make_individual(education="21")
    case = handed_in(handler, "placement-import", matched(person, make_position(handler.unit), category="X1"))
    placement = Placement.objects.get(case=case)
    assert (placement.trainee, placement.category) == (None, "X1")


def test_whose_application_does_not_say_the_category_is_asked_for_it_and_it_is_checked(handler) -> None:
    """人员类别 of people by B0 (Jilin): asked in the file, checked by their own data on the day of signing (C5)."""
    set_policy("placement_requires_trainee", "off", handler.unit.handling_region_id)
    set_policy("graduate_clock_months", "24")
    position, person = make_position(handler.unit), make_individual(education="21")
    person.graduated_on = add_months(timezone.localdate(), -30)
    person.save()
    asked = reasons(handler, "placement-import", matched(person, position))
    assert asked == [(2, "人员类别", "没有办理见习人员申请的，必须填写人员类别")]
    [(_, column, words)] = reasons(handler, "placement-import", matched(person, position, category="G1"))
    assert column == "签订日期"
    assert "毕业已超过24个月" in words


def test_the_category_of_a_trainee_is_the_one_applied_for(handler) -> None:
    position, person = make_position(handler.unit), make_fresh_trainee()
    [(_, column, words)] = reasons(handler, "placement-import", matched(person, position, category="G2"))
    assert column == "人员类别"
    assert "与见习人员申请的人员类别" in words


def test_a_mentor_is_one_whom_the_unit_has_named(handler) -> None:
    """带教人员 of the unit (C1), or of the position (C2)."""
    position, person = make_position(handler.unit, mentor="岗位带教"), make_fresh_trainee()
    assert reasons(handler, "placement-import", matched(person, position, mentor="谁都可以")) == []
    qualified = handler.unit.internship_unit
    Mentor.objects.create(record_id=qualified.case_id, key=uuid.uuid4(), position=0, name="李带教", post="主管")
    [(_, column, words)] = reasons(handler, "placement-import", matched(person, position, mentor="别人"))
    assert (column, words) == ("带教人员", "不是本单位登记的带教人员，请填写：李带教")
    for mentor in ("李带教", "岗位带教"):
        assert reasons(handler, "placement-import", matched(person, position, mentor=mentor)) == []


def test_a_region_that_registers_does_not_import(handler) -> None:
    set_policy("placement_channels", "registration", handler.unit.handling_region_id)
    with pytest.raises(StartRefused, match="就业见习人员管理"):
        review_actions.start_case("placement-import", handler.unit, by=handler.user)


@pytest.mark.django_db(transaction=True)
def test_of_two_files_for_the_last_place_one_is_imported() -> None:
    set_limits()
    handler = make_qualified()
    position = make_position(handler.unit, places=1)
    cases = []
    for _ in range(2):
        page, result = judged(handler, "placement-import", matched(make_fresh_trainee(), position))
        case = review_actions.start_case("placement-import", handler.unit, by=handler.user)
        kept = sheets.keep(result, name="名单.xlsx", by=handler.user)
        review_actions.save_page(case, page.key, kept, 0, by=handler.user)
        cases.append(case)
    outcomes, gate = [], threading.Barrier(2)

    def submit(case: Case) -> None:
        gate.wait()
        try:
            outcomes.append(workflow.perform(case, "submit", by=handler.user).status)
        except Exception as error:
            outcomes.append(type(error).__name__)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=submit, args=(case,)) for case in cases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == 2
    assert outcomes.count("approved") == 1
    assert set(outcomes) - {"approved"} <= {"TransitionRefused", "Incomplete"}
    assert (Placement.objects.count(), Position.objects.get().places_taken) == (1, 1)


# --- 考勤 (C6) -----------------------------------------------------------------------------------


@pytest.fixture
def placement(handler) -> Placement:
    return make_placement(handler.unit, starts_on=day("2026-03-10"), ends_on=day("2026-08-20"))


def attended(placement: Placement, **values: Any) -> dict[str, Any]:
    row = {"month": MARCH, "id_no": placement.id_no, "name": placement.name}
    return row | {"due": Decimal(16), "present": Decimal("15.5"), "sick_leave": Decimal("0.5")} | values


def test_attendance_is_kept_by_month_and_a_second_file_replaces_it(handler, placement) -> None:
    assert counts(handed_in(handler, "attendance-import", attended(placement))) == (1, 0, 0)
    assert counts(handed_in(handler, "attendance-import", attended(placement))) == (0, 0, 1)
    again = handed_in(handler, "attendance-import", attended(placement, present=Decimal(16), sick_leave=None))
    assert counts(again) == (0, 1, 0)
    [kept] = Attendance.objects.all()
    assert (kept.present, kept.sick_leave, kept.case) == (Decimal(16), Decimal(0), again)


@pytest.mark.parametrize(
    ("values", "column"),
    [
        ({"month": day("2026-02-01")}, "考勤年月"),
        ({"month": day("2026-03-01")}, ""),
        ({"month": day("2026-08-01")}, ""),
        ({"month": day("2026-09-01")}, "考勤年月"),
        ({"present": Decimal(15)}, "实际出勤天数"),
        ({"month": day("2026-06-01"), "present": Decimal(31)}, "实际出勤天数"),
        ({"month": day("2026-06-01"), "present": Decimal(30)}, ""),
        ({"name": "别人"}, "姓名"),
    ],
)
def test_attendance_lies_in_the_term_and_accounts_for_every_day(handler, placement, values, column) -> None:
    found = reasons(handler, "attendance-import", attended(placement, **values))
    assert [fault[1] for fault in found] == ([column] if column else [])


def test_months_to_come_are_refused(handler) -> None:
    today = timezone.localdate()
    running = make_placement(handler.unit, starts_on=today)
    coming = add_months(today.replace(day=1), 1)
    assert reasons(handler, "attendance-import", attended(running, month=today.replace(day=1))) == []
    [fault] = reasons(handler, "attendance-import", attended(running, month=coming))
    assert fault[1:] == ("考勤年月", "不能上报今后的月份")


def test_another_units_people_cannot_be_reported(handler) -> None:
    theirs = make_placement(make_unit(), starts_on=day("2026-03-10"))
    [fault] = reasons(handler, "attendance-import", attended(theirs))
    assert fault[1:] == ("证件号码", "不是本单位审核通过的就业见习人员")


def test_more_days_than_due_are_a_warning(handler, placement) -> None:
    page, result = judged(handler, "attendance-import", attended(placement, present=Decimal(17)))
    assert result.ok
    assert "第2行" in page.preview(result.rows).warnings[0]
    assert not page.preview(judged(handler, "attendance-import", attended(placement))[1].rows).warnings


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"present": Decimal("15.3"), "sick_leave": Decimal("0.7")}, "天数应为0至31天，可以有半天"),
        ({"present": Decimal("31.5")}, "天数应为0至31天，可以有半天"),
        ({"present": Decimal("15")}, "实际出勤与各类请假、旷工之和不能少于应出勤天数"),
        ({"month": day("2026-03-02")}, "月份应以该月第一天表示"),
    ],
)
def test_the_database_refuses_impossible_attendance(placement, values, sentence) -> None:
    typical = {"month": MARCH, "due": Decimal(16), "present": Decimal("15.5"), "sick_leave": Decimal("0.5")}
    row = Attendance(placement=placement, case=placement.case, **(typical | values))
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        row.save(force_insert=True)
    assert constraints.explain(refusal.value) == sentence


def test_a_month_is_reported_once(placement) -> None:
    values = {"placement": placement, "case": placement.case, "month": MARCH}
    Attendance.objects.create(**values)
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        Attendance.objects.create(**values)
    assert constraints.explain(refusal.value) == "该人员当月考勤已上报"


# --- 在岗情况 (C7) -------------------------------------------------------------------------------


def at_post(placement: Placement, **values: Any) -> dict[str, Any]:
    return {"month": MARCH, "id_no": placement.id_no, "name": placement.name, "on_post": True} | values


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({}, set()),
        ({"left_on": day("2026-03-20")}, {"离岗日期"}),
        ({"on_post": False}, {"离岗日期", "离岗原因"}),
        ({"on_post": False, "left_on": day("2026-03-20"), "left_reason": "升学"}, set()),
        ({"on_post": False, "left_on": day("2026-04-01"), "left_reason": "升学"}, {"离岗日期"}),
        ({"on_post": False, "left_on": day("2026-03-09"), "left_reason": "升学"}, {"离岗日期"}),
    ],
)
def test_who_left_has_a_day_within_month_and_term_and_a_reason(handler, placement, values, wrong) -> None:
    assert {column for _, column, _ in reasons(handler, "on-post-import", at_post(placement, **values))} == wrong


def test_people_who_left_are_offered_for_the_end(client, handler, placement) -> None:
    left = {"on_post": False, "left_on": day("2026-03-20"), "left_reason": "升学"}
    handed_in(handler, "on-post-import", at_post(placement, **left))
    assert OnPostStatus.objects.get().left_reason == "升学"
    client.force_login(handler.user)
    html = client.get("/unit/placements/", {"state": "left"}).content.decode()
    assert placement.name in html
    assert "已上报不在岗" in html
    make_placement(handler.unit, person=make_individual(name="仍在岗"))
    assert "仍在岗" not in client.get("/unit/placements/", {"state": "left"}).content.decode()


def test_reports_on_months_are_not_revoked(handler, placement) -> None:
    from tests.factories import make_staff

    case = handed_in(handler, "on-post-import", at_post(placement))
    with pytest.raises(TransitionRefused, match="批量上报不能撤销"):
        workflow.perform(case, "revoke", by=make_staff("business", "140000"), reason="有误")


# --- In the portal -------------------------------------------------------------------------------


def upload(client, case: Case, data: bytes):
    file = SimpleUploadedFile("名单.xlsx", data)
    return client.post(case_url(case, "page", page="file"), {"file": file, "action": "upload"}, follow=True)


def test_a_file_with_faults_is_shown_marked_and_its_correct_rows_imported(client, handler) -> None:
    position = make_position(handler.unit)
    right, wrong = make_fresh_trainee(), make_fresh_trainee()
    case = review_actions.start_case("placement-import", handler.unit, by=handler.user)
    client.force_login(handler.user)
    rows = matched(right, position), matched(wrong, position, name="=别人")
    html = upload(client, case, workbook(columns.PLACEMENTS, *rows)).content.decode()
    assert "姓名与证件号码不一致" in html
    assert "共 2 行，其中 1 行正确" in html
    assert not Placement.objects.exists()
    marked = client.get(case_url(case, "sheet_marked", page="file"))
    cells = [c.value for c in openpyxl.load_workbook(io.BytesIO(b"".join(marked.streaming_content))).worksheets[0][3]]
    assert "姓名：姓名与证件号码不一致" in cells
    assert client.post(case_url(case, "check")).status_code == 422
    assert client.post(case_url(case, "page", page="file"), {"action": "next"}).status_code == 422
    assert client.post(case_url(case, "page", page="file"), {"action": "correct"}).status_code == 302
    answer = client.post(case_url(case, "check"), follow=True)
    assert "申报成功" in answer.content.decode()
    assert Placement.objects.get().individual == right.individual
    assert "新增1行" in client.get(case_url(case)).content.decode()


def test_a_file_that_is_no_spreadsheet_is_told_so(client, handler) -> None:
    case = review_actions.start_case("placement-import", handler.unit, by=handler.user)
    client.force_login(handler.user)
    answer = upload(client, case, b"%PDF-1.7")
    assert answer.status_code == 422
    assert "这是PDF文件，不是电子表格" in answer.content.decode()
    assert "请先选择文件" in client.post(case_url(case, "page", page="file"), {"action": "upload"}).content.decode()


def test_the_template_and_the_marked_file_are_the_units_own(client, handler) -> None:
    case = review_actions.start_case("placement-import", handler.unit, by=handler.user)
    url = case_url(case, "sheet_template", page="file")
    client.force_login(handler.user)
    titles = [cell.value for cell in openpyxl.load_workbook(io.BytesIO(client.get(url).content)).worksheets[0][1]]
    assert titles[:3] == ["证件号码*", "姓名*", "岗位编号*"]
    assert client.get(case_url(case, "sheet_marked", page="file")).status_code == 404
    client.force_login(make_qualified().user)
    assert client.get(url).status_code == 404


def test_rows_are_judged_again_when_they_are_handed_in(client, handler) -> None:
    position, person = make_position(handler.unit), make_fresh_trainee()
    case = review_actions.start_case("placement-import", handler.unit, by=handler.user)
    client.force_login(handler.user)
    upload(client, case, workbook(columns.PLACEMENTS, matched(person, position)))
    make_placement(make_qualified().unit, person=person.individual)
    answer = client.post(case_url(case, "check"))
    assert answer.status_code == 422
    assert "期限不能重叠" in answer.content.decode()


def test_checks_ask_as_often_for_many_rows_as_for_one(handler, django_assert_num_queries) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    rows = [attended(make_placement(handler.unit, starts_on=day("2026-03-10"))) for _ in range(4)]
    asked = []
    for some in (rows[:1], rows):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert reasons(handler, "attendance-import", *some) == []
        asked.append(len(queries))
    assert asked[0] == asked[1]


# --- By command ----------------------------------------------------------------------------------


def run(*arguments: str) -> tuple[int, dict[str, Any]]:
    out = io.StringIO()
    status = 0
    try:
        call_command("sheet", *arguments, stdout=out)
    except SystemExit as leaving:
        status = int(str(leaving.code))
    return status, json.loads(out.getvalue().splitlines()[-1])


NOTHING: dict[str, Any] = {"rows": 0, "ok": False, "created": 0, "updated": 0, "unchanged": 0, "errors": []}


def test_the_command_tells_why_it_writes_no_template(tmp_path) -> None:
    nowhere = str(tmp_path / "no such folder" / "模板.xlsx")
    for code in ("placement-import", "no-such-matter", "placement-end"):
        status, answer = run("template", code, "--out", nowhere)
        assert (status, answer["ok"]) == (2, False)
        assert answer["errors"][0]["message"]


def test_the_command_writes_a_template_that_reads(tmp_path) -> None:
    for code in ("placement-import", "attendance-import", "on-post-import"):
        path = tmp_path / f"{code}.xlsx"
        assert run("template", code, "--out", str(path)) == (0, NOTHING | {"ok": True})
        assert openpyxl.load_workbook(path).worksheets[0].max_column >= 7


def test_the_command_checks_imports_and_says_what_changed(handler, tmp_path) -> None:
    position, person = make_position(handler.unit), make_fresh_trainee()
    path = tmp_path / "名单.xlsx"
    path.write_bytes(workbook(columns.PLACEMENTS, matched(person, position)))
    arguments = ("placement-import", "--unit", handler.unit.uscc, str(path))
    new = {"rows": 1, "ok": True, "created": 1, "updated": 0, "unchanged": 0, "errors": []}
    assert run("check", *arguments) == (0, new)
    assert not Placement.objects.exists()
    assert run("import", *arguments) == (0, new)
    assert Placement.objects.get().individual == person.individual
    assert run("import", *arguments) == (0, new | {"created": 0, "unchanged": 1})
    assert PlacementImport.objects.count() == 2


def test_the_command_names_faults_by_row_and_column_and_imports_nothing(handler, tmp_path) -> None:
    position = make_position(handler.unit)
    path = tmp_path / "名单.xlsx"
    rows = matched(make_fresh_trainee(), position), matched(make_fresh_trainee(), position, name="别人")
    path.write_bytes(workbook(columns.PLACEMENTS, *rows))
    status, answer = run("import", "placement-import", "--unit", handler.unit.uscc, str(path))
    assert (status, answer["ok"], answer["rows"], answer["created"]) == (1, False, 2, 0)
    assert answer["errors"] == [{"row": 3, "column": "姓名", "value": "别人", "message": "姓名与证件号码不一致"}]
    assert not Placement.objects.exists()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "文件是空的"),
        ("姓名,证件号码\n张演示,140105200001010011\n".encode("gb18030"), "文本文件（CSV）"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "设有密码"),
        (b"PK\x03\x04" + b"\0" * 60, "已损坏"),
    ],
    ids=["empty", "csv", "encrypted", "damaged"],
)
def test_the_command_refuses_what_is_no_readable_workbook_whatever_its_name(handler, tmp_path, content, words) -> None:
    path = tmp_path / "名单.xlsx"
    path.write_bytes(content)
    for step in ("check", "import"):
        status, answer = run(step, "placement-import", "--unit", handler.unit.uscc, str(path))
        assert (status, answer | {"errors": []}) == (2, NOTHING)
        assert words in answer["errors"][0]["message"]
    assert not Case.objects.filter(matter="placement-import").exists()


def test_the_command_refuses_an_id_number_that_a_spreadsheet_took_for_a_number(handler, tmp_path) -> None:
    path = tmp_path / "名单.xlsx"
    person = make_fresh_trainee()
    book = openpyxl.load_workbook(
        io.BytesIO(workbook(columns.PLACEMENTS, matched(person, make_position(handler.unit))))
    )
    sheet = book.worksheets[0]
    [place] = [cell.column for cell in sheet[1] if "证件号码" in str(cell.value)]
    sheet.cell(2, place).value = int(person.id_no[:17] + "0")
    book.save(path)
    status, answer = run("import", "placement-import", "--unit", handler.unit.uscc, str(path))
    assert (status, answer["rows"]) == (1, 1)
    assert "末几位已经丢失" in answer["errors"][0]["message"]
    assert not Placement.objects.exists()


def test_the_command_keeps_the_file_as_it_was(handler, tmp_path) -> None:
    path = tmp_path / "名单.xlsx"
    data = workbook(columns.PLACEMENTS, matched(make_fresh_trainee(), make_position(handler.unit)))
    path.write_bytes(data)
    assert run("import", "placement-import", "--unit", handler.unit.uscc, str(path))[0] == 0
    case = Case.objects.get(matter="placement-import")
    stored = sheets.original_of(case, "file", submission.current_values(case))
    assert stored is not None
    assert (stored.original_name, files.read_clean(stored)) == ("名单.xlsx", data)


def test_the_command_tells_what_is_impossible(handler, tmp_path) -> None:
    path = tmp_path / "名单.xlsx"
    arguments = ["check", "placement-import", "--unit", handler.unit.uscc, str(path)]
    assert run(*arguments)[0] == 2
    path.write_bytes(b"no spreadsheet")
    status, answer = run(*arguments)
    assert (status, answer["ok"]) == (2, False)
    assert answer["errors"][0]["message"]
    assert run("check", "placement-import", "--unit", "没有", str(path))[0] == 2
    for code in ("no-such-matter", "placement-end"):
        assert run("check", code, "--unit", handler.unit.uscc, str(path))[0] == 2
    assert run("check", "placement-import", "--unit", make_qualified_stranger(), str(path))[0] == 2


def make_qualified_stranger() -> str:
    """The credit code of a unit that is no internship unit."""
    unit = make_unit()
    make_case("placement-import", unit)
    return unit.uscc


def test_staff_take_the_file_as_handed_in_and_that_is_on_record(client, handler) -> None:
    trainee, position = make_fresh_trainee(), make_position(handler.unit)
    page = matters.get("placement-import").pages(Case(unit=handler.unit, matter="placement-import"), {})[0]
    data = workbook(columns.PLACEMENTS, matched(trainee, position))
    kept = sheets.read_and_keep(page, data, name="名单.xlsx", by=handler.user)[1]
    case = review_actions.start_case("placement-import", handler.unit, by=handler.user)
    review_actions.save_page(case, page.key, kept, 0, by=handler.user)
    case = workflow.perform(case, "submit", by=handler.user)
    address = f"/admin/review/case/{case.number}/pages/file/original/"
    staff = make_staff("first", case.region_id)
    client.force_login(staff)
    assert address in client.get(f"/admin/review/case/{case.number}/review/").content.decode()
    # A link or a prefetch takes nothing, so that each record stands for a person's decision.
    assert client.get(address).status_code == 405
    answer = client.post(address)
    assert b"".join(answer.streaming_content) == data
    [seen] = ClearTextView.objects.all()
    assert (seen.case, seen.page, seen.field, seen.viewed_by) == (case, "file", "original", staff)
    assert client.post(address.replace("/file/", "/other/")).status_code == 404
    client.force_login(make_staff("first", OTHER_COUNTY))
    assert client.post(address).status_code == 404
    assert ClearTextView.objects.count() == 1
