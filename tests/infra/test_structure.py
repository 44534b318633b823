"""What must hold in every file: one writer of a case's status, no inline code in templates, documented settings."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APPS = (
    "common", "accounts", "documents", "review", "insurance", "internship", "positions", "reporting", "hall", "config"
)  # fmt: skip
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
DOCUMENTED = ("config", "script", "benchmarks", "tests/support", "deploy", "docker-compose.yml", "Dockerfile")


def sources() -> list[Path]:
    return [
        path
        for app in APPS
        for path in sorted((ROOT / app).rglob("*.py"))
        if "migrations" not in path.parts and path != ROOT / "review" / "workflow.py"
    ]


def status_writes(tree: ast.AST) -> list[int]:
    """Lines that write the status of a case: an assignment to ``case.status``, or ``Case.objects…update(status=…)``."""
    lines = []
    for node in ast.walk(tree):
        targets = getattr(node, "targets", None) or [getattr(node, "target", None)]
        lines += [
            target.lineno
            for target in targets
            if isinstance(target, ast.Attribute) and target.attr == "status" and _names_case(target.value)
        ]
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            writes = node.func.attr in {"update", "create", "get_or_create", "update_or_create", "bulk_create"}
            given = any(keyword.arg == "status" for keyword in node.keywords)
            if writes and given and _names_case(node.func.value):
                lines.append(node.lineno)
    return lines


def _names_case(node: ast.AST) -> bool:
    return any(
        (isinstance(part, ast.Name) and part.id in {"case", "Case", "cases"})
        or (isinstance(part, ast.Attribute) and part.attr in {"case", "cases"})
        for part in ast.walk(node)
    )


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("case.status = 'approved'", True),
        ("record.case.status = 'approved'", True),
        ("Case.objects.filter(pk=1).update(status='approved')", True),
        ("Case.objects.filter(status='draft')", False),
        ("case.status == 'draft'", False),
        ("payment.status = 'failed'", False),
    ],
)
def test_the_search_for_status_writes_finds_them(code, found):
    assert bool(status_writes(ast.parse(code))) is found


def test_only_the_workflow_writes_the_status_of_a_case():
    found = [
        f"{path.relative_to(ROOT)}:{line}" for path in sources() for line in status_writes(ast.parse(path.read_text()))
    ]
    assert found == []


def inline_code(html: str) -> list[str]:
    """What the Content-Security-Policy would block: inline script, style, style attributes, event handlers."""
    html = re.sub(r"{%\s*comment.*?endcomment\s*%}|{#.*?#}", "", html, flags=re.DOTALL)
    patterns = (
        r"<script(?![^>]*\bsrc=)(?![^>]*type=[\"']application/(?:ld\+)?json)[^>]*>",
        r"<style\b[^>]*>",
        r"<[a-z][^>]*\sstyle\s*=",
        r"<[a-z][^>]*\son[a-z]+\s*=",
        r"<[a-z][^>]*\shx-on[:\w-]*\s*=",
        r"(?:href|action|src)\s*=\s*[\"']\s*javascript:",
    )
    return [match.group(0)[:80] for pattern in patterns for match in re.finditer(pattern, html, re.IGNORECASE)]


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ("<script>go()</script>", True),
        ('<script src="/static/js/app.js" defer></script>', False),
        ("<style>p{}</style>", True),
        ('<p style="color:red">', True),
        ('<button type="button" onclick="go()">', True),
        ('<form hx-on::after-request="go()">', True),
        ('<a href="javascript:go()">', True),
        ('<a href="/positions/" data-one="1">', False),
        ("{# <script>go()</script> #}", False),
    ],
)
def test_the_search_for_inline_code_finds_it(html, found):
    assert bool(inline_code(html)) is found


def test_no_template_holds_inline_code():
    # Documents are drawn by the PDF renderer and mails by mail programs: no policy applies, no browser loads them.
    pages = [path for path in TEMPLATES if not {"documents", "email"} & set(path.relative_to(ROOT).parts)]
    found = {str(path.relative_to(ROOT)): inline_code(path.read_text()) for path in pages}
    assert {name: code for name, code in found.items() if code} == {}


def variables(text: str) -> set[str]:
    return set(re.findall(r"\b(?:TONGBAN_[A-Z0-9_]+|DATABASE_URL|POSTGRES_PASSWORD)\b", text))


def used_variables() -> set[str]:
    found: set[str] = set()
    for name in DOCUMENTED:
        path = ROOT / name
        files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
        for file in files:
            if file.suffix != ".pyc":
                found |= variables(file.read_text())
    return found


def test_every_environment_variable_is_documented_and_every_documented_one_is_used():
    table = [line for line in (ROOT / "docs/operations.md").read_text().splitlines() if line.startswith("| `")]
    documented = {name for line in table for name in variables(line.split("|")[1])}
    assert used_variables() - documented == set()
    assert documented - used_variables() == set()


def test_every_script_is_named_in_the_readme():
    readme = (ROOT / "README.md").read_text()
    scripts = sorted(f"script/{path.name}" for path in (ROOT / "script").iterdir())
    assert [name for name in scripts if name not in readme] == []


def test_every_script_can_be_run():
    scripts = [*(ROOT / "script").iterdir(), ROOT / ".ci" / "run"]
    assert [path.name for path in scripts if not path.stat().st_mode & 0o111] == []
