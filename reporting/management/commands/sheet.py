"""Batch reports from the command line: the template, a check without any write, and the import itself.

The last line of the output is one JSON object; the exit status is 0 when all is right, 1 when rows have
faults, 2 when nothing could be read or the unit may not report at all.
"""

import json
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.models import Handler, Unit, User
from common.sheets import imports
from common.sheets.imports import Import, SheetError
from common.sheets.reading import SheetRefused
from common.sheets.templates import blank_template
from common.transitions import TransitionRefused
from reporting.import_actions import RowsRefused
from review import actions, matters, rules, sheets, submission, workflow
from review.matters import Matter, Sheet, SheetPreview, StartRefused
from review.models import Case

OK, FAULTS, IMPOSSIBLE = 0, 1, 2


class Command(BaseCommand):
    help = "批量上报：sheet template 事项 --out 文件；sheet check|import 事项 --unit 统一社会信用代码 文件"

    def add_arguments(self, parser: ArgumentParser) -> None:
        steps = parser.add_subparsers(dest="step", required=True)
        template = steps.add_parser("template", help="写出空白模板")
        template.add_argument("matter")
        template.add_argument("--out", required=True, type=Path)
        for name, text in (("check", "只检查，不写入"), ("import", "导入并提交")):
            step = steps.add_parser(name, help=text)
            step.add_argument("matter")
            step.add_argument("--unit", required=True, help="统一社会信用代码")
            step.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        if options["step"] == "template":
            status, answer = _template(options["matter"], options["out"])
        else:
            write = options["step"] == "import"
            status, answer = _report(options["matter"], options["unit"], options["file"], write=write)
        for error in answer["errors"]:
            self.stdout.write(f"第{error['row']}行 {error['column']}：{error['message']}")
        self.stdout.write(json.dumps(answer, ensure_ascii=False))
        if status != OK:
            raise SystemExit(status)


def _template(code: str, path: Path) -> tuple[int, dict[str, Any]]:
    """Write the blank template; the exit status, and what the JSON line says."""
    try:
        path.write_bytes(blank_template(_page(_matter(code), Case()).columns))
    except OSError as error:
        return IMPOSSIBLE, _impossible(f"无法写入文件：{error.strerror}")
    except CommandError as refused:
        return IMPOSSIBLE, _impossible(str(refused))
    return OK, _answer(0, [])


def _matter(code: str) -> Matter:
    try:
        return matters.get(code)
    except KeyError:
        raise CommandError(f"没有事项“{code}”", returncode=IMPOSSIBLE) from None


def _page(matter: Matter, case: Case) -> Sheet:
    case.matter = matter.code
    for page in matter.pages(case, {}):
        if isinstance(page, Sheet):
            return page
    raise CommandError(f"事项“{matter.name}”不是批量上报", returncode=IMPOSSIBLE)


def _report(code: str, uscc: str, path: Path, *, write: bool) -> tuple[int, dict[str, Any]]:
    """The exit status, and what the JSON line says."""
    try:
        matter = _matter(code)
        unit, by = _unit(uscc)
        rules.check_start(matter.code, by, unit)
        page = _page(matter, Case(unit=unit))
        data = path.read_bytes()
        # Rows that are right in themselves are judged by the hall's data once: where they are stored, on locked rows.
        result = imports.read(page.columns, data) if write else sheets.read(page, data)
        if result.errors and write:
            result = sheets.read(page, data)
        if result.errors:
            return FAULTS, _answer(len(result.rows), result.errors)
        done = _import(matter, unit, page, result, data, path.name, by) if write else page.preview(result.rows)
        return OK, _answer(len(result.rows), [], done)
    except OSError as error:
        return IMPOSSIBLE, _impossible(f"无法读取文件：{error.strerror}")
    except submission.Incomplete as incomplete:
        errors = sheets.read(page, data).errors
        return FAULTS, _answer(
            len(result.rows), errors or [SheetError(0, "", "", p.message) for p in incomplete.problems]
        )
    except RowsRefused as refused:
        return FAULTS, _answer(len(result.rows), refused.errors)
    except (CommandError, SheetRefused, StartRefused, TransitionRefused) as refused:
        return IMPOSSIBLE, _impossible(str(refused))


def _unit(uscc: str) -> tuple[Unit, User]:
    """The unit and the handler in whose name the report is made, its 单位主管 before others."""
    unit = Unit.objects.filter(uscc=uscc).first()
    if unit is None:
        raise TransitionRefused(f"没有统一社会信用代码为{uscc}的单位")
    handlers = Handler.objects.active().filter(unit=unit).select_related("user")
    handler = handlers.filter(role="supervisor").first() or handlers.first()
    if handler is None:
        raise TransitionRefused(f"{unit.name}没有经办人")
    return unit, handler.user


def _import(matter: Matter, unit: Unit, page: Sheet, result: Import, data: bytes, name: str, by: User) -> SheetPreview:
    """The case from its draft to its approval at once, with the file as it is: all rows or none."""
    with transaction.atomic():
        case = actions.start_case(matter.code, unit, by=by)
        kept = sheets.keep(result, name=name, by=by) | sheets.keep_original(data, name=name, by=by)
        actions.save_page(case, page.key, kept, 0, by=by)
        workflow.perform(case, "submit", by=by)
        record = matter.record.objects.get(pk=case.pk)
    return SheetPreview(record.created, record.updated, record.unchanged)


def _answer(rows: int, errors: Sequence[SheetError], done: SheetPreview | None = None) -> dict[str, Any]:
    return {
        "rows": rows,
        "ok": not errors,
        "created": done.created if done else 0,
        "updated": done.updated if done else 0,
        "unchanged": done.unchanged if done else 0,
        "errors": [{"row": e.row, "column": e.column, "value": e.value, "message": e.message} for e in errors],
    }


def _impossible(reason: str) -> dict[str, Any]:
    return _answer(0, [SheetError(0, "", "", reason)])
