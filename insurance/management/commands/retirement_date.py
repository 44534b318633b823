"""Statutory retirement dates as JSON, for one person or for a stream of lines."""

import json
import sys
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from insurance.months import Month
from insurance.retirement import (
    Group,
    flexible_window,
    min_contribution_months,
    payout_months,
    statutory,
)

GROUPS = {group.value for group in Group}
GROUP_CHOICES = "、".join(f"{group.value}（{group.label}）" for group in Group)
FIRST_BIRTH, LAST_BIRTH = Month(1900, 1), Month(2100, 12)


@lru_cache(maxsize=8192)  # more than all groups and months of birth, so a long stream computes each once
def record(group: str, birth: str) -> str:
    """The answer for a group and a month of birth as one line of JSON; raises ValueError in Chinese."""
    if group not in GROUPS:
        raise ValueError(f"人员类别“{group}”不存在，应为{GROUP_CHOICES}")
    born = Month.parse(birth)
    if not FIRST_BIRTH <= born <= LAST_BIRTH:
        raise ValueError(f"出生年月{born}不在{FIRST_BIRTH}至{LAST_BIRTH}之间，请核对")
    person = statutory(Group(group), born)
    window = flexible_window(person)
    payout = payout_months(person.age_months)
    return json.dumps(
        {
            "delay_months": person.delay_months,
            "age_years": person.age_months // 12,
            "age_months": person.age_months % 12,
            "retirement_month": str(person.month),
            "min_contribution_months": min_contribution_months(person.month.year),
            "flex_earliest": str(window.earliest),
            "flex_latest": str(window.latest),
            "payout_months": int(payout) if payout == int(payout) else float(payout),
        }
    )


def answers(lines: Iterable[bytes]) -> Iterator[tuple[str, bool]]:
    """One line of JSON for each line of input, and whether the input was good; a blank line is a bad one."""
    for number, line in enumerate(lines, start=1):
        try:
            yield _answer(line), True
        except ValueError as error:
            yield json.dumps({"error": str(error), "line": number}, ensure_ascii=False), False


def _answer(line: bytes) -> str:
    try:
        parts = line.decode("utf-8-sig").split()
    except UnicodeDecodeError:
        raise ValueError("本行不是UTF-8编码的文字，请转换编码后重试") from None
    if len(parts) != 2:
        raise ValueError("每行应为人员类别和出生年月，以空格分隔，例如male 1965-03")
    return record(*parts)


class Command(BaseCommand):
    help = "Print statutory retirement dates (法定退休时间) as JSON; needs no database."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--group", help="male, female55 or female50")
        parser.add_argument("--birth", help="month of birth, YYYY-MM")
        parser.add_argument("--stdin", action="store_true", help='read lines "GROUP YYYY-MM" from standard input')

    def handle(self, *args: Any, **options: Any) -> None:
        group, birth = options["group"], options["birth"]
        if options["stdin"]:
            if group is not None or birth is not None:
                raise CommandError("--stdin不能与--group、--birth同时使用")
            return self._stream()
        if group is None or birth is None:
            raise CommandError("请同时填写--group和--birth，或者使用--stdin逐行读取")
        try:
            self.stdout.write(record(group, birth))
        except ValueError as error:
            raise CommandError(str(error)) from None

    def _stream(self) -> None:
        bad = 0
        for answer, good in answers(sys.stdin.buffer):
            self.stdout.write(answer)
            self.stdout.flush()  # whoever feeds line by line gets each answer at once
            bad += not good
        if bad:
            raise CommandError(f"{bad}行有误，见输出中的error")
