"""Approved changes leave in numbered files, and the core system's acknowledgements come back (docs/insurance-data.md)."""

import csv
import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts.models import User
from common import audit
from insurance import actions
from insurance.exchange import reading
from insurance.exchange.faults import Faults, Refused
from insurance.models import InsuredPerson, OutboundChange, OutboundFile

FORMAT = "tongban-insurance-changes/1"
_HEADER = ("sequence", "result", "person_number", "message")
_RESULTS = {"accepted": OutboundChange.State.ACCEPTED, "refused": OutboundChange.State.REFUSED}


def export(folder: Path, *, by: User | None) -> Path | None:
    """Write all waiting changes into the next numbered file; None when none waits.

    The file is complete under its name before the changes count as sent: a crash in between leaves them waiting, and
    the next export writes the same number again.
    """
    with audit.actor(by, command="insurance_export"), transaction.atomic():
        waiting = OutboundChange.objects.select_for_update(of=("self",)).filter(state=OutboundChange.State.PENDING)
        changes = list(waiting.select_related("person", "unit", "case").order_by("pk"))
        if not changes:
            return None
        number = (OutboundFile.objects.aggregate(newest=Max("number"))["newest"] or 0) + 1
        lines = list(_lines(changes, number))
        digest = hashlib.sha256("".join(lines).encode()).hexdigest()
        path = folder / f"changes-{number:08d}.jsonl"
        _write(path, "".join(lines) + _line({"end": True, "sha256": digest}))
        file = OutboundFile.objects.create(number=number, changes_count=len(changes), sha256=digest)
        for change in changes:
            change.state, change.file = OutboundChange.State.SENT, file
            change.save(update_fields=["state", "file"])
    return path


def _lines(changes: list[OutboundChange], number: int) -> Iterator[str]:
    yield _line({"format": FORMAT, "number": number, "count": len(changes)})
    for change in changes:
        yield _line(
            {
                "sequence": change.pk,
                "kind": change.kind,
                "person_number": change.person.number,
                "id_type": change.person.id_type,
                "id_no": change.person.id_no,
                "name": change.person.name,
                "unit_number": change.unit.number if change.unit else None,
                "case_number": change.case.number if change.case else None,
                "approved_at": change.created_at,
                "content": change.payload,
            }
        )


def _line(values: dict[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False, cls=DjangoJSONEncoder) + "\n"


def _write(path: Path, text: str) -> None:
    """Under another name first, and to the disk, so that nobody reads half a file."""
    part = path.with_suffix(".part")
    with part.open("w", encoding="utf-8") as file:
        os.fchmod(file.fileno(), 0o600)
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


# --- Acknowledgements ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Answer:
    line: int
    sequence: int
    state: OutboundChange.State
    person_number: str
    message: str


def acknowledge(path: Path, *, by: User | None) -> dict[str, int]:
    """Note the answers of a file; the same file again changes nothing. Raises Refused: then nothing has changed."""
    faults = Faults()
    answers = list(_answers(path, faults))
    _stop(faults)
    counts = {"accepted": 0, "refused": 0, "repeated": 0}
    with audit.actor(by, command="insurance_acknowledge"), transaction.atomic():
        found = {
            change.pk: change
            for change in OutboundChange.objects.select_for_update(of=("self",))
            .filter(pk__in=[answer.sequence for answer in answers])
            .select_related("person", "file")
        }
        for answer in answers:
            change = found.get(answer.sequence)
            if change is None or change.file is None:
                faults.add(path.name, answer.line, "sequence", f"没有发送过序号为{answer.sequence}的变更")
            elif change.state == answer.state:
                counts["repeated"] += 1
            elif change.state != OutboundChange.State.SENT:
                faults.add(path.name, answer.line, "result", f"该变更的回执已是“{change.get_state_display()}”")
            elif _take(change, answer, faults, path.name, by):
                counts[answer.state.value] += 1
        _stop(faults)
        _finish_files(found, by)
    return counts


def _stop(faults: Faults) -> None:
    if faults.count:
        raise Refused(faults)


def _take(change: OutboundChange, answer: _Answer, faults: Faults, file: str, by: User | None) -> bool:
    number, person = answer.person_number, change.person
    if answer.state == OutboundChange.State.ACCEPTED and number and number != person.number:
        if InsuredPerson.objects.filter(number=number).exclude(pk=person.pk).exists():
            faults.add(file, answer.line, "person_number", f"个人代码{number}已属于另一人员")
            return False
        # 新登记: the core system gives the final number.
        person.number = number
        person.save(update_fields=["number"])
        actions.refresh_copies(person, by=by)
    actions.note_answer(change, answer.state, answer.message, by=by)
    return True


def _finish_files(changes: dict[int, OutboundChange], by: User | None) -> None:
    for file in OutboundFile.objects.filter(changes__in=changes, acknowledged_at__isnull=True).distinct():
        if not file.changes.filter(state=OutboundChange.State.SENT).exists():
            file.acknowledged_at = timezone.now()
            file.save(update_fields=["acknowledged_at"])


def _answers(path: Path, faults: Faults) -> Iterator[_Answer]:
    seen: dict[int, int] = {}
    with path.open(encoding=reading.encoding_of(path), newline="") as file:
        reader = csv.reader(file, strict=True)
        if tuple(next(reader, [])) != _HEADER:
            faults.add(path.name, 1, "", f"第一行应为{','.join(_HEADER)}")
            return
        for cells in reader:
            line = reader.line_num
            if len(cells) != len(_HEADER):
                faults.add(path.name, line, "", f"应有{len(_HEADER)}列，现在是{len(cells)}列")
                continue
            sequence, result, number, message = (cell.strip() for cell in cells)
            if not (sequence.isascii() and sequence.isdecimal() and len(sequence) <= 18):
                faults.add(path.name, line, "sequence", "应为变更的序号")
            elif result not in _RESULTS:
                faults.add(path.name, line, "result", "应为accepted或refused")
            elif number and not (number.isascii() and number.isalnum() and len(number) <= 20):
                faults.add(path.name, line, "person_number", "应为不超过20位的数字或字母")
            elif int(sequence) in seen:
                faults.add(path.name, line, "sequence", f"与第{seen[int(sequence)]}行重复")
            else:
                seen[int(sequence)] = line
                yield _Answer(line, int(sequence), _RESULTS[result], number, message)
