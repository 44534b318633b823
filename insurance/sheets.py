"""The rosters as files: workbook and PDF, both with the mark that leads back to who exported them."""

import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pypdfium2
from django.utils import timezone

from common import codes, identifiers, pdf
from common.sheets.columns import Amount, Column, Date, Integer, Text
from common.sheets.exports import export_list
from insurance import roster
from insurance.models import Enrolment, Retiree, RosterExport

# A document of this many rows is laid out at once; the whole is put together from such parts, so that memory is bounded.
PDF_ROWS = 400
MARK = "mark"

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class RosterSheet:
    """How a roster is written: its columns, and a row of values by key."""

    columns: tuple[Column, ...]
    values: Callable[[Any], dict[str, Any]]
    # Keys and widths (per cent) of what the PDF has place for.
    printed: tuple[tuple[str, int], ...]


def _month(day: Any) -> str:
    return f"{day:%Y-%m}" if day else ""


def _service_values(row: Enrolment) -> dict[str, Any]:
    person = row.person
    return {
        "number": row.person_number,
        "name": person.name,
        "sex": person.get_sex_display(),
        "id_no": identifiers.mask_id(person.id_no),
        "birth": person.birth_date,
        "work_started": person.work_started_on,
        "starts": _month(row.starts_on),
        "identity": person.get_identity_display(),
        "staffing": person.get_staffing_display(),
        "rank": person.get_rank_display(),
        "base": row.base,
        "state": row.get_state_display(),
        "last_paid": _month(row.last_paid),
        "months": row.paid_months,
    }


def _retired_values(row: Retiree) -> dict[str, Any]:
    person = row.person
    return {
        "number": row.person_number,
        "name": person.name,
        "sex": person.get_sex_display(),
        "id_no": identifiers.mask_id(person.id_no),
        "birth": person.birth_date,
        "work_started": person.work_started_on,
        "retired": row.retired_on,
        "kind": row.get_kind_display(),
        "benefit": _month(row.benefit_from),
        "pension": row.pension,
        "annuity": row.annuity,
        "state": row.get_pay_state_display(),
        "bank": row.bank,
        "account": identifiers.mask_account(row.account_no) if row.account_no else "",
        "certified": row.certified_on,
    }


_PERSON: tuple[Column, ...] = (
    Text("number", "个人代码"),
    Text("name", "姓名"),
    Text("sex", "性别"),
    Text("id_no", "社会保障号"),
    Date("birth", "出生日期"),
    Date("work_started", "参加工作日期"),
)
_MARK = Text(MARK, "导出标识")

SHEETS = {
    RosterExport.Roster.SERVICE: RosterSheet(
        columns=(
            *_PERSON,
            Text("starts", "本次参保年月"),
            Text("identity", "参保身份"),
            Text("staffing", "编制类型"),
            Text("rank", "职务职级或岗位等级"),
            Amount("base", "缴费基数（元）"),
            Text("state", "缴费状态"),
            Text("last_paid", "最近缴费年月"),
            Integer("months", "累计缴费月数"),
            _MARK,
        ),
        values=_service_values,
        printed=(
            ("number", 10), ("name", 8), ("sex", 5), ("id_no", 16), ("birth", 9), ("starts", 8), ("identity", 12),
            ("base", 9), ("state", 8), ("last_paid", 8), ("months", 7),
        ),
    ),
    RosterExport.Roster.RETIRED: RosterSheet(
        columns=(
            *_PERSON,
            Date("retired", "离退休日期"),
            Text("kind", "离退休类别"),
            Text("benefit", "待遇起始年月"),
            Amount("pension", "月基本养老金（元）"),
            Amount("annuity", "月职业年金（元）"),
            Text("state", "发放状态"),
            Text("bank", "开户银行"),
            Text("account", "账号"),
            Date("certified", "资格认证日期"),
            _MARK,
        ),
        values=_retired_values,
        printed=(
            ("number", 10), ("name", 8), ("sex", 5), ("id_no", 16), ("birth", 9), ("retired", 9), ("kind", 11),
            ("benefit", 8), ("pension", 9), ("annuity", 8), ("state", 7),
        ),
    ),
}  # fmt: skip


def rows_of(export: RosterExport) -> tuple[Any, roster.Order]:
    """The rows that an export asks for, and their order."""
    choice = roster.Choice.restored(export.filters)
    if export.roster == RosterExport.Roster.SERVICE:
        return roster.in_service(export.insured_unit, choice), roster.SERVICE_ORDERS[choice.order]
    return roster.retired(export.insured_unit, choice), roster.RETIRED_ORDERS[choice.order]


def words_of(export: RosterExport) -> str:
    """Who exported when, for whom: the watermark."""
    moment = timezone.localtime(export.asked_at)
    return f"{export.unit.name} {export.asked_by.name} {moment:%Y-%m-%d %H:%M} {export.mark}"


def make(export: RosterExport, progress: Progress) -> bytes:
    """The file, row by row from the database; ``progress`` is told how many people are written."""
    return _workbook(export, progress) if export.format == RosterExport.Format.XLSX else _document(export, progress)


def _chunks(export: RosterExport, size: int, progress: Progress) -> Iterator[list[dict[str, Any]]]:
    sheet = SHEETS[RosterExport.Roster(export.roster)]
    rows, order = rows_of(export)
    done = 0
    for chunk in roster.walk(rows, order, size):
        yield [sheet.values(row) | {MARK: export.mark} for row in chunk]
        done += len(chunk)
        progress(done)


def _workbook(export: RosterExport, progress: Progress) -> bytes:
    sheet = SHEETS[RosterExport.Roster(export.roster)]

    def rows() -> Iterator[dict[str, Any]]:
        for chunk in _chunks(export, 2000, progress):
            yield from chunk
        yield {"number": f"导出：{words_of(export)}"}

    return export_list(export.get_roster_display(), sheet.columns, rows())


def _document(export: RosterExport, progress: Progress) -> bytes:
    sheet = SHEETS[RosterExport.Roster(export.roster)]
    titles = {column.key: column.title for column in sheet.columns}
    printed = [{"title": titles[key], "width": width} for key, width in sheet.printed]
    parts: list[bytes] = []
    first = 1
    for chunk in _chunks(export, PDF_ROWS, progress):
        context = {
            "export": export,
            "watermark": words_of(export),
            "columns": printed,
            "rows": [[_text(row[key]) for key, _ in sheet.printed] for row in chunk],
            "first": first,
            "last": first + len(chunk) - 1,
            "kind": codes.INSURANCE_KIND.label(export.filters.get("kind") or codes.GOVERNMENT_PENSION),
        }
        parts.append(pdf.render_pdf("documents/roster.html", context, title=export.get_roster_display()))
        first += len(chunk)
    return parts[0] if len(parts) == 1 else _joined(parts)


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _joined(parts: Iterable[bytes]) -> bytes:
    whole = pypdfium2.PdfDocument.new()
    for part in parts:
        with pypdfium2.PdfDocument(part) as pages:
            whole.import_pages(pages)
    out = io.BytesIO()
    whole.save(out)
    whole.close()
    return out.getvalue()
