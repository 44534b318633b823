"""Markup in any text that anybody stored is shown as text: on every page, to everybody, and in JSON-LD."""

import re
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, models, transaction
from django.http import HttpResponse
from django.test import Client

from common import regions
from common.fields import BlindIndex, EncryptedJSON
from review.models import Case, PageDraft, TimelineEntry
from tests.matrix.table import TABLE
from tests.matrix.test_matrix import _address, _client, _model_address, _model_pages
from tests.matrix.world import ACTORS, World, build

pytestmark = pytest.mark.django_db

SCRIPT = "<script>alert(1)</script>\"'>"
SHORT = "<b>\"'>"
RAW = re.compile(r"<script>alert\(1\)|<b>(?:\"|&quot;|')|&lt;/script&gt;[\"']|&lt;b&gt;[\"']")
CODE_LENGTH = 12  # shorter columns hold codes
APPS = ("common", "accounts", "review", "internship", "positions", "hall")
# Names that the program reads (of a matter, a page, a slot …), not what anybody wrote.
KEYS = {
    "code", "matter", "page", "slot", "key", "field", "kind", "state", "transition", "source", "target", "role",
    "number", "storage_key", "content_type", "password", "purpose", "level", "decision", "portal", "username",
    "version", "exclusive_key", "sha256", "digest", "value", "url", "icon", "codename", "tokens",
    # Whose form the program reads: no markup can come to be there.
    "id_no", "subject_id_no", "legal_representative_id_no", "uscc", "mobile",
}  # fmt: skip
MUST_BE_SPOILED = {
    "accounts.Individual.name",
    "accounts.Unit.name",
    "accounts.Unit.registered_address",
    "accounts.BankAccount.holder",
    "accounts.Message.title",
    "accounts.Message.body",
    "accounts.User.name",
    "common.StoredFile.original_name",
    "common.Region.name",
    "hall.Notice.title",
    "hall.Notice.body",
    "hall.SupportContact.title",
    "internship.Trainee.school",
    "internship.Trainee.name",
    "positions.Position.name",
    "positions.Position.content",
    "positions.Position.work_address",
    "positions.Position.mentor",
    "positions.Position.contact_name",
    "review.CaseRating.comment",
    "review.Case.subject_person",
}


def payload(field: Any) -> str:
    return SCRIPT if (field.max_length or 1000) >= len(SCRIPT) else SHORT


def is_text(field: Any) -> bool:
    texts = isinstance(field, models.CharField | models.TextField) and not isinstance(field, BlindIndex | EncryptedJSON)
    coded = field.choices or field.primary_key or (field.max_length or 1000) <= CODE_LENGTH
    return texts and not coded and not field.is_relation and field.name not in KEYS


def spoil(model: type[models.Model], field: Any) -> bool:
    """Write the markup into all rows' field; whether the database let it (a format may forbid it)."""
    rows = model._default_manager.exclude(**{f"{field.name}__isnull": True})
    text = payload(field)
    if not rows.exists() or len(text) > (field.max_length or 1000):
        return False
    try:
        with transaction.atomic():
            for number, pk in enumerate(rows.values_list("pk", flat=True)):
                model._default_manager.filter(pk=pk).update(**{field.name: f"{number}{text}" if field.unique else text})
    except (DatabaseError, ValueError):
        return False
    return True


def everywhere(value: Any) -> Any:
    """The same structure with the markup in place of every text."""
    if isinstance(value, dict):
        return {key: item if key in {"key", "id", "slot", "row"} else everywhere(item) for key, item in value.items()}
    if isinstance(value, list):
        return [everywhere(item) for item in value]
    return SCRIPT if isinstance(value, str) else value


def spoil_everything() -> set[str]:
    """Markup in every text field of every row, in what was typed and in what was submitted."""
    spoiled = set()
    for label in APPS:
        for model in apps.get_app_config(label).get_models():
            if model._meta.label.endswith("Event"):
                continue
            for field in filter(is_text, model._meta.local_fields):
                if spoil(model, field):
                    spoiled.add(f"{model._meta.label}.{field.name}")
    for draft in PageDraft.objects.all():
        PageDraft.objects.filter(pk=draft.pk).update(values=everywhere(draft.values))
    for entry in TimelineEntry.objects.exclude(values=None):
        pages = entry.values | {"pages": everywhere(entry.values["pages"])}
        pages["attachments"] = [file | {"name": SCRIPT} for file in entry.values["attachments"]]
        with transaction.atomic():
            TimelineEntry.objects.filter(pk=entry.pk).update(values=pages, reason=SCRIPT, notes=SCRIPT)
    regions.forget()
    return spoiled


def faults_in(answer: HttpResponse, what: str) -> list[str]:
    if answer.status_code >= 500:
        return [f"{what}: {answer.status_code}"]
    if "html" not in answer["Content-Type"] or answer.streaming:
        return []
    html = answer.content.decode()
    return [f"{what}: …{html[max(0, found.start() - 90) : found.end() + 30]!r}" for found in RAW.finditer(html)]


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    found = build()
    assert spoil_everything() >= MUST_BE_SPOILED
    yield found
    regions.forget()


def test_no_page_shows_stored_markup_as_markup(world: World) -> None:
    faults = []
    for name, rules in TABLE.items():
        for rule in rules:
            if rule.method != "get" or name in ("account_logout", "admin:logout", "review:print"):
                continue
            for actor, access in zip(ACTORS, rule.access.split(), strict=True):
                if access == "ok" and actor in ("anonymous", "owner", "unit", "staff"):
                    answer = _client(world, actor).get(_address(world, name, rule))
                    faults += faults_in(answer, f"{name} {actor}")
    assert not faults, "\n".join(faults)


def test_no_page_of_the_staff_site_shows_stored_markup_as_markup(world: World) -> None:
    client = _client(world, "staff")
    faults = []
    for name in sorted(_model_pages()):
        faults += faults_in(client.get(_model_address(world, name)), name)
    assert not faults, "\n".join(faults)


def test_the_case_and_its_submission_are_shown_as_text(world: World) -> None:
    """All cases, through all pages, by their owners and by staff."""
    faults = []
    staff = _client(world, "staff")
    for case in Case.objects.select_related("unit", "individual__user"):
        owner = Client()
        owner.force_login(case.individual.user if case.individual_id else case.unit.handlers.first().user)
        base = f"/{'individual' if case.individual_id else 'unit'}/cases/{case.number}/"
        for page in (
            "",
            "check/",
            "attachments/",
            "receipt/",
            *(f"pages/{draft.page}/" for draft in case.drafts.all()),
        ):
            faults += faults_in(owner.get(base + page, follow=True), base + page)
        for page in ("review", "return", "approve"):
            faults += faults_in(staff.get(f"/admin/review/case/{case.number}/{page}/", follow=True), f"staff {page}")
    assert not faults, "\n".join(faults)


def test_what_is_searched_for_is_shown_as_text(client: Client) -> None:
    for path in ("/positions/", "/notices/", "/services/", "/guides/"):
        for name in ("q", "page", "back", "next", "keyword"):
            assert faults_in(client.get(path, {name: SCRIPT}), path) == []
