"""A service (事项) is declared once; forms, case page, review page, print and tests come from the declaration.

Each app's ``matters.py`` declares its matters with ``@register``. A declaration is stateless: everything
it needs arrives as an argument.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from django.apps import apps

from accounts.models import Individual, Unit, User
from common.sheets.columns import Column
from common.sheets.columns import Sheet as Columns
from common.sheets.imports import Row, SetCheck

if TYPE_CHECKING:
    from review.forms import PageForm
    from review.models import Case, Record, RecordRow

PageValues = dict[str, Any]
# Values of a whole case as typed: page key → values of that page ({"rows": [...]} for Rows).
CaseValues = dict[str, PageValues]
# Reasons across pages: "page.field", "page" or "slot:key" → Chinese sentence.
Problems = dict[str, str]


class StartRefused(Exception):
    """A case of this matter cannot be started now; Chinese reason and a link to what helps."""

    def __init__(self, reason: str, *, url: str = "", link: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.url = url
        self.link = link


@dataclass(frozen=True)
class Slot:
    """A place for attachments. ``required`` may depend on the values; ``per_row`` names a Rows page whose rows carry it.

    ``covered(case, values)`` returns the words why nothing must be handed in (免提交), or "" when it must.
    """

    key: str
    title: str
    required: bool | Callable[[CaseValues], bool] = False
    hint: str = ""
    kinds: tuple[str, ...] = ("pdf", "jpeg", "png")
    per_row: str = ""
    covered: Callable[[Case, CaseValues], str] | None = None

    def is_required(self, values: CaseValues) -> bool:
        """Whether the slot must be filled, given the case's values."""
        return self.required(values) if callable(self.required) else self.required


@dataclass(frozen=True)
class Page:
    """Fields of the record on one page; ``form`` is a PageForm over the matter's record class."""

    key: str
    title: str
    form: type[PageForm]
    intro: str = ""


@dataclass(frozen=True)
class RowFault:
    """What is wrong with a row beside the others; ``row`` "" means the list as a whole, ``field`` "" the whole row."""

    reason: str
    row: str = ""
    field: str = ""


@dataclass(frozen=True)
class Rows:
    """A list of rows (专职人员, 带教人员 …); ``form`` is a PageForm over a RecordRow model with a FK ``record``.

    ``columns`` are the field names shown in the list below the form. ``check(case, values)`` judges the rows
    together, such as periods that overlap; it meets rows that no form has accepted yet.
    """

    key: str
    title: str
    form: type[PageForm]
    columns: tuple[str, ...]
    minimum: int = 0
    maximum: int = 50
    intro: str = ""
    check: Callable[[Case, CaseValues], list[RowFault]] | None = None

    @property
    def model(self) -> type[RecordRow]:
        return self.form._meta.model


@dataclass(frozen=True)
class Info:
    """A page to read; ``facts(case)`` gives pairs of title and text."""

    key: str
    title: str
    facts: Callable[[Case], list[tuple[str, str]]]
    intro: str = ""


@dataclass(frozen=True)
class SheetPreview:
    """What importing rows would do, and what should be looked at although it is no fault."""

    created: int
    updated: int
    unchanged: int
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sheet:
    """Rows from a spreadsheet (批量上报). The record is the import; the matter's effect makes entities of the rows.

    ``columns`` declares the spreadsheet, ``checks`` judge its rows against the hall's data, ``preview``
    tells what importing them would do.
    """

    key: str
    title: str
    columns: Columns
    checks: tuple[SetCheck, ...]
    preview: Callable[[Sequence[Row]], SheetPreview]
    intro: str = ""


@dataclass(frozen=True)
class GridRow:
    """A row that the hall gives: whom or what it is about, in words, and what it would fill in.

    ``url`` leads to what more there is to know about it.
    """

    key: str
    cells: tuple[str, ...]
    initial: PageValues
    subject: Any = None
    url: str = ""


@dataclass(frozen=True)
class Grid:
    """A table with a row for each person of a month or the like, drawn by template and not as a formset.

    ``headings`` are the titles of the given cells, ``columns`` what is typed, ``result`` the title and
    ``compute`` the words of a last cell that is computed. ``check`` gives what is wrong with a row's values.
    """

    key: str
    title: str
    headings: tuple[str, ...]
    columns: tuple[Column, ...]
    rows: Callable[[Case, CaseValues], list[GridRow]]
    check: Callable[[GridRow, PageValues], dict[str, str]]
    result: str
    compute: Callable[[GridRow, PageValues], str]
    intro: str = ""


AnyPage = Page | Rows | Sheet | Grid | Info


@dataclass(frozen=True)
class Guide:
    """The public guide of a matter (办事指南)."""

    who: str
    materials: tuple[str, ...]
    time_limit: str
    legal_basis: tuple[str, ...]
    steps: tuple[str, ...] = ()
    result: str = ""


@dataclass(frozen=True)
class DefaultStep:
    """A step of the route as shipped; staff edit the loaded rows afterwards."""

    role: str
    level: str
    days: int


class Matter:
    """Base of all declarations; subclasses fill in what is theirs."""

    code: str
    name: str
    prefix: str
    portal: str  # "individual" or "unit"
    group: str  # side menu entry: 就业创业, 就业见习管理, 社会保险 …
    guide: Guide
    record: type[Record]
    slots: tuple[Slot, ...] = ()
    steps: tuple[DefaultStep, ...] = ()
    auto_approve = False
    keeps_key = False
    # From 4 on a fresh second proof of this session does instead (accounts.step_up); whoever starts gets there by
    # the page that asks for it.
    real_name_level = 2
    # Name of the page where a case of this matter begins, such as the list of people to choose from; "" for its
    # own start page.
    entry = ""
    # Pages that are one step of the path together: key of the page ("attachments" and "check" too) → title of the step.
    parts: dict[str, str] = {}

    def check_start(self, actor: User, subject: Individual | Unit) -> None:
        """Raise StartRefused when the subject cannot start a case of this matter now."""

    def key(self, case: Case, values: CaseValues) -> str | None:
        """The exclusive key (唯一办理键), or None when nothing is held (yet)."""
        return None

    def prefill(self, case: Case) -> CaseValues:
        """Values that the hall holds already, as they would be typed."""
        return {}

    def pages(self, case: Case, values: CaseValues) -> list[AnyPage]:
        """The pages to fill in; may depend on earlier values."""
        raise NotImplementedError

    def check(self, case: Case, values: CaseValues, record: Record) -> Problems:
        """Rules across pages and against the hall's data, asked before every submission."""
        return {}

    def region(self, case: Case, record: Record) -> str:
        """Code of the handling region (业务办理属地) that the route starts from."""
        raise NotImplementedError

    def subject(self, case: Case, record: Record) -> tuple[str, str]:
        """Name and ID number of whom the case is about ("" where it is about no person)."""
        return ("", "")

    def on(self, transition: str, case: Case, record: Record, by: User | None) -> None:
        """Every effect of every transition, in one place, inside the transaction of perform()."""

    def outcome(self, case: Case) -> str:
        """Words after approval (公示中至…, 已拨付 …); "" for none."""
        return ""

    def next_words(self, case: Case) -> str:
        """What happens next, told on the receipt."""
        return ""

    def review_panels(self, case: Case) -> list[tuple[str, dict[str, Any]]]:
        """Extra panels on the review page: template name and context."""
        return []


_matters: dict[str, Matter] = {}


def register(matter: type[Matter]) -> type[Matter]:
    """Class decorator that puts a matter into the registry; a code or prefix can be used once only."""
    instance = matter()
    for other in _matters.values():
        if type(other) is not matter and (other.code == instance.code or other.prefix == instance.prefix):
            raise ValueError(f"matter code or prefix used twice: {instance.code} {instance.prefix}")
    _matters[instance.code] = instance
    return matter


def load() -> None:
    """Import every app's matters module; called once when the apps are ready."""
    for config in apps.get_app_configs():
        if config.name != "review" and find_spec(f"{config.name}.matters"):
            import_module(f"{config.name}.matters")


def get(code: str) -> Matter:
    """The matter of this code; raises KeyError for an unknown one."""
    return _matters[code]


def all_matters() -> Iterable[Matter]:
    """All matters in the order of declaration."""
    return _matters.values()


def codes_in(groups: Iterable[str]) -> list[str]:
    """Codes of the matters that stand in these groups of the menu."""
    wanted = set(groups)
    return [matter.code for matter in all_matters() if matter.group in wanted]


def choices(portal: str = "") -> list[tuple[str, str]]:
    """Pairs for select boxes, of one portal or of all."""
    return [(m.code, m.name) for m in _matters.values() if not portal or m.portal == portal]


# --- Automatic checks (系统核验) -------------------------------------------------------------


@dataclass(frozen=True)
class CheckResult:
    """One automatic check: passed (True), failed (False), or to be checked by hand (None), with the evidence."""

    title: str
    passed: bool | None
    evidence: str = ""


CheckProvider = Callable[["Case", "Record"], CheckResult | None]
_checks: dict[str, dict[str, tuple[str, CheckProvider | None]]] = {}


def expect_check(matter: str, key: str, title: str) -> None:
    """Declare that a matter needs this check; until an app provides it, it reads 待人工核验 and never passes."""
    _checks.setdefault(matter, {}).setdefault(key, (title, None))


def check(matter: str, key: str, title: str) -> Callable[[CheckProvider], CheckProvider]:
    """Decorator: this function provides the check ``key`` of a matter (None result: does not apply)."""

    def provide(provider: CheckProvider) -> CheckProvider:
        _checks.setdefault(matter, {})[key] = (title, provider)
        return provider

    return provide


def run_checks(case: Case, record: Record) -> list[CheckResult]:
    """Results of all checks of a case's matter, in the order of declaration."""
    results = []
    for title, provider in _checks.get(case.matter, {}).values():
        if provider is None:
            results.append(CheckResult(title, None, "待人工核验"))
        elif (result := provider(case, record)) is not None:
            results.append(result)
    return results
