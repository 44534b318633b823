"""Batch reports of 10,000 rows, checked against the database and stored: 见习匹配结果 and 考勤.

Measured is what the command line does with a file: read it, judge every row, keep the draft, submit it, and store
the rows, their people and their history. The floor is a bare calamine read and COPY of the same rows into the same
table, constraints and history on. Everything is rolled back between the rounds.
"""

import io
import itertools
import resource
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import openpyxl
from django.core.management import call_command
from django.db import connection, transaction
from django.forms import modelform_factory
from django.utils import timezone
from python_calamine import CalamineWorkbook
from stdnum.cn import ric

from accounts.models import Handler, Individual, Unit, User
from benchmarks.harness import MINIMUM_ROUNDS, Row, ratio_row, time_pair, timed
from common import bulk, crypto, regions
from common.sheets import imports
from common.sheets.exports import export
from internship.models import InternshipUnit, Trainee
from internship.rules import add_months
from positions import indexing
from positions.models import Position
from reporting import sheets as columns
from reporting.models import DAY_COLUMNS, Attendance, Placement
from reporting.rules import last_day_after
from review import actions, matters, sheets, workflow
from review.models import Case

ROWS = 10_000
SAMPLE = 200
REACH, FASTER, MEMORY_MB = 2.5, 10, 300
COUNTY = "140105"
NOW = datetime(2026, 1, 5, 8, tzinfo=UTC)


def run() -> list[Row]:
    """Both reports: against the floor, in memory, and against one model form per row."""
    handler = _load()
    rows = []
    for code in ("placement-import", "attendance-import"):
        rows += _measure(code, handler)
    return rows


# --- Data ----------------------------------------------------------------------------------------


def id_no(number: int) -> str:
    """A resident's number with a right check digit, fictitious."""
    day = date(2000, 1, 1) + timedelta(days=number % 1000)
    bare = f"{COUNTY}{day:%Y%m%d}{number // 1000:03d}"
    return bare + str(ric.calc_check_digit(bare + "0"))


def name(number: int) -> str:
    """A fictitious name."""
    return f"演示{number:05d}"


def _load() -> Handler:
    """A qualified unit with a large position, and the people whom its files name."""
    call_command("load_regions", verbosity=0)
    regions.forget()
    call_command("load_policies", verbosity=0)
    today = timezone.localdate()
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
    User.objects.bulk_create(User(pk=pk, username=f"bench{pk}", name=name(pk)) for pk in range(1, ROWS + 2))
    Individual.objects.bulk_create(
        (
            Individual(pk=pk, user_id=pk, name=name(pk), id_no=id_no(pk), level=3, education="21")
            for pk in range(1, ROWS + 1)
        ),
        batch_size=2000,
    )
    unit = Unit.objects.create(
        name="演示单位（虚构）",
        uscc="91140105MA0000001A",
        legal_person_type="01",
        legal_representative="李演示",
        legal_representative_id_no="140105197001010011",
        level=3,
        region_id=COUNTY,
        handling_region_id=COUNTY,
    )
    handler = Handler.objects.create(unit=unit, user_id=ROWS + 1, name="经办演示", role="supervisor")
    _load_cases(unit, handler.user, today)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = origin")
        cursor.execute("ANALYZE")
    return handler


def _load_cases(unit: Unit, by: User, today: date) -> None:
    graduated = add_months(today, -6)
    case = Case.objects.create(number="BENCH1", matter="unit-qualification", unit=unit, acting_user=by)
    InternshipUnit.objects.create(
        unit=unit, case=case, handling_region_id=COUNTY, bank_account_id=1, confirmed_on=today, qualified_by=by
    )
    # The people's own cases are not looked at: their numbers stand for them.
    Trainee.objects.bulk_create(
        (
            Trainee(
                pk=pk,
                individual_id=pk,
                case_id=1000 + pk,
                name=name(pk),
                id_type="01",
                id_no=id_no(pk),
                handling_region_id=COUNTY,
                category="G1",
                education="21",
                graduated_on=graduated,
                mobile="13800000000",
                approved_by=by,
            )
            for pk in range(1, ROWS + 1)
        ),
        batch_size=2000,
    )
    position = Position(
        pk=1, number="GW0000000001", unit=unit, case=case, region_id=COUNTY, name="演示岗位", name_key="演示岗位",
        category="1", places=2 * ROWS, education="21", work_region_id=COUNTY, work_address="演示路1号", months=6,
        allowance=Decimal(3100), content="演示内容", mentor="钱演示", valid_from=today, valid_to=add_months(today, 12),
        contact_name="王演示", contact_phone="13800000009",
    )  # fmt: skip
    indexing.fill(position)
    position.save()


def _placement_row(number: int) -> dict[str, Any]:
    """A row of 见习匹配结果; days and policies differ from row to row as in life."""
    starts_on = timezone.localdate() - timedelta(days=number % 30)
    ends_on = last_day_after(starts_on, 6)
    return {
        "id_no": id_no(number), "name": name(number), "position": "GW0000000001", "agreement_no": f"XY{number:06d}",
        "signed_on": starts_on, "starts_on": starts_on, "ends_on": ends_on,
        "living_standard": Decimal(3000 + number % 200), "insurer": "演示保险公司", "policy_no": f"BD{number:06d}",
        "premium": Decimal(120), "insured_from": starts_on, "insured_to": ends_on, "mentor": "钱演示",
    }  # fmt: skip


def _attendance_row(number: int) -> dict[str, Any]:
    """A row of 考勤 of the month before this one."""
    month = add_months(timezone.localdate().replace(day=1), -1)
    away = Decimal(number % 5) / 2
    return {
        "month": month, "id_no": id_no(number), "name": name(number), "due": Decimal(22),
        "present": 22 - away, "personal_leave": away,
    }  # fmt: skip


# --- What is measured ----------------------------------------------------------------------------


class _Undone(Exception):
    """Ends a round: whatever it stored is rolled back."""


def _rolled_back(work: Callable[[], object]) -> Callable[[], None]:
    def once() -> None:
        try:
            with transaction.atomic():
                work()
                # Deferred constraints are part of the work.
                with connection.cursor() as cursor:
                    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                raise _Undone
        except _Undone:
            pass

    return once


def _import(code: str, data: bytes, handler: Handler) -> None:
    """As ``manage.py sheet import`` does it: read, keep the draft, submit, judge and store on locked rows."""
    matter = matters.get(code)
    page = matter.pages(Case(unit=handler.unit, matter=code), {})[0]
    assert isinstance(page, matters.Sheet)
    result = imports.read(page.columns, data)
    assert result.ok, result.errors[:3]
    case = actions.start_case(code, handler.unit, by=handler.user)
    kept = sheets.keep(result, name="演示.xlsx", by=handler.user)
    kept |= sheets.keep_original(data, name="演示.xlsx", by=handler.user)
    actions.save_page(case, page.key, kept, 0, by=handler.user)
    case = workflow.perform(case, "submit", by=handler.user)
    assert matter.record.objects.get(pk=case.pk).created == len(result.rows)


def _measure(code: str, handler: Handler) -> Iterator[Row]:
    placements = code == "placement-import"
    sheet = columns.PLACEMENTS if placements else columns.ATTENDANCE
    make = _placement_row if placements else _attendance_row
    data = export(sheet, [make(number) for number in range(1, ROWS + 1)])
    if not placements:
        _store_placements(handler)
    model, names, rows = _stored_rows(placements, handler)

    def floor() -> None:
        CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
        bulk.insert(model, names, rows)

    timing = time_pair(_rolled_back(lambda: _import(code, data, handler)), _rolled_back(floor), rounds=MINIMUM_ROUNDS)
    yield ratio_row(f"{code}, {ROWS:,} rows", timing, REACH)
    yield Row(f"{code}, peak memory", _peak_memory(), MEMORY_MB, unit="MB")
    slow = _by_model_forms(sheet, data, model, placements, handler)
    times = slow * (ROWS / SAMPLE) / timing.median
    yield Row(f"{code}, faster than openpyxl and a form per row ({SAMPLE} rows measured)", times, FASTER, at_least=True)


def _store_placements(handler: Handler) -> None:
    """People at work for four months, for the reports on their months."""
    model, names, rows = _stored_rows(True, handler)
    starts_on = add_months(timezone.localdate(), -4)
    days = {"signed_on", "starts_on", "insured_from"}
    with transaction.atomic():
        bulk.insert(
            model,
            names,
            ([starts_on if name in days else value for name, value in zip(names, row, strict=True)] for row in rows),
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE reporting_placement")


def _stored_rows(placements: bool, handler: Handler) -> tuple[type[Any], tuple[str, ...], list[tuple[Any, ...]]]:
    """The rows as they are stored, made before anything is timed."""
    case = Case.objects.get(number="BENCH1")
    if not placements:
        names = ("case", "placement", "month", *DAY_COLUMNS, "note")
        keys = dict(Placement.objects.values_list("individual", "pk"))
        rows = []
        for number in range(1, ROWS + 1):
            made = _attendance_row(number)
            rows.append((case.pk, keys[number], made["month"], *(made.get(n, Decimal(0)) for n in DAY_COLUMNS), ""))
        return Attendance, names, rows
    own = (
        "case", "unit", "individual", "trainee", "id_type", "state", "holds_place", "created_at", "created_by", "end_reason",
        "category", "position", "id_no_digest",
    )  # fmt: skip
    given = ("name", "id_no", "agreement_no", "signed_on", "starts_on", "ends_on", "living_standard", "insurer",
             "policy_no", "premium", "insured_from", "insured_to", "mentor")  # fmt: skip
    rows = []
    for number in range(1, ROWS + 1):
        made = _placement_row(number)
        digest = crypto.digest(made["id_no"])
        made["id_no"] = crypto.encrypt(made["id_no"])
        first = (
            case.pk,
            handler.unit_id,
            number,
            number,
            "01",
            "current",
            True,
            NOW,
            handler.user_id,
            "",
            "G1",
            1,
            digest,
        )
        rows.append((*first, *(made[key] for key in given)))
    return Placement, (*own, *given), rows


def _peak_memory() -> float:
    """MB that this process and its largest child ever held; the rows of the floor are among them."""
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return max(used, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) / 1024


def _by_model_forms(sheet: Any, data: bytes, model: type[Any], placements: bool, handler: Handler) -> float:
    """Seconds for the first rows of the same file by openpyxl read-only, one model form and one save per row."""
    case = Case.objects.get(number="BENCH1")
    if placements:
        fields = ("position", "name", "category", "agreement_no", "signed_on", "starts_on", "ends_on", "living_standard",
                  "mentor", "insurer", "policy_no", "premium", "insured_from", "insured_to")  # fmt: skip
    else:
        fields = (*DAY_COLUMNS, "note")
    form_class = modelform_factory(model, fields=fields)
    keys = [column.key for column in sheet.columns]

    def work() -> None:
        rows = openpyxl.load_workbook(io.BytesIO(data), read_only=True).worksheets[0].iter_rows(values_only=True)
        next(rows)
        for values in itertools.islice(rows, SAMPLE):
            typed = {key: value for key, value in zip(keys, values, strict=False) if value is not None}
            person = Trainee.objects.get(id_no_digest=crypto.digest(typed["id_no"]))
            instance = model(case=case)
            if placements:
                typed |= {"position": 1, "category": person.category}
                instance.unit, instance.individual_id, instance.trainee = handler.unit, person.individual_id, person
                instance.id_no, instance.created_by = typed["id_no"], handler.user
            else:
                typed |= {key: typed.get(key, 0) for key in DAY_COLUMNS}
                instance.month = _attendance_row(1)["month"]
                instance.placement = Placement.objects.get(individual=person.individual_id)
            form = form_class(typed, instance=instance)
            assert form.is_valid(), form.errors
            form.save()

    return timed(_rolled_back(work))
