"""What is wrong with a file, line by line, for people and for programs."""

from dataclasses import asdict, dataclass, field
from typing import Any

MOST_KEPT = 1000


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: file, line (from 1, the header included; 0 for the file as a whole), column, sentence."""

    file: str
    line: int
    column: str
    message: str

    def __str__(self) -> str:
        place = f"{self.file} 第{self.line}行" if self.line else self.file
        return f"{place}{f' {self.column}' if self.column else ''}：{self.message}"


@dataclass(slots=True)
class Faults:
    """All faults of a set of files; the first MOST_KEPT are kept, all are counted."""

    kept: list[Fault] = field(default_factory=list)
    count: int = 0

    def add(self, file: str, line: int, column: str, message: str) -> None:
        self.count += 1
        if len(self.kept) < MOST_KEPT:
            self.kept.append(Fault(file, line, column, message))

    def as_json(self) -> dict[str, Any]:
        """For programs: whether all went well, the faults, and how many more there are."""
        return {
            "ok": not self.count,
            "errors": [asdict(fault) for fault in self.kept],
            "more": self.count - len(self.kept),
        }


class Refused(Exception):
    """Nothing was stored; ``faults`` says why."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults
        super().__init__(f"{faults.count}处错误")
