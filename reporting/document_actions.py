"""见习协议 and 保险单 of people who were matched in batches (C5): one PDF each, or a zip named by ID number."""

import io
import re
from collections import Counter
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from accounts.models import Unit, User
from common import archives, audit, crypto, files, identifiers
from common.transitions import TransitionRefused
from reporting.models import Placement, PlacementDocument

Kind = PlacementDocument.Kind
_ID = re.compile(r"[0-9A-Z()]{6,30}")
_WORDS = {Kind.AGREEMENT: ("协议",), Kind.POLICY: ("保险", "保单")}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a file of the archive: whose it is and what, or why it was left out."""

    name: str
    words: str
    stored: bool


def store_document(*, placement: Placement, kind: str, content: bytes, name: str, by: User) -> PlacementDocument:
    """Keep a PDF for a placement, in the place of an earlier one. Raises files.FileRefused or TransitionRefused."""
    with audit.actor(by), transaction.atomic():
        locked = Placement.objects.select_for_update(of=("self",)).get(pk=placement.pk)
        if locked.state == Placement.State.CANCELLED:
            raise TransitionRefused("该人员的见习已取消")
        stored = files.store(io.BytesIO(content), by=by, name=name, kinds=("pdf",))
        document, _ = PlacementDocument.objects.update_or_create(
            placement=locked, kind=kind, defaults={"file": stored, "added_at": timezone.now(), "added_by": by}
        )
    return document


def store_archive(*, unit: Unit, data: bytes, by: User) -> list[Outcome]:
    """Unpack an archive and give each PDF to the person whose ID number its name begins with.

    Every file is answered for: what is not taken says why, the others are kept. Raises archives.ArchiveRefused.
    """
    members = archives.unpack(data)
    wanted = [_named(member.name) for member in members]
    digests = {crypto.digest(number) for number, _ in wanted if number}
    people = Placement.objects.valid().of_unit(unit).filter(id_no_digest__any_of=digests).order_by("starts_on")
    newest = {placement.id_no_digest: placement for placement in people}
    repeated = {key for key, count in Counter(wanted).items() if count > 1}
    return [_take(member, named, newest, named in repeated, by) for member, named in zip(members, wanted, strict=True)]


def _named(name: str) -> tuple[str, str]:
    """The ID number and the kind that a name tells: 协议/1401….pdf, 1401…-保险单.pdf; "" for what it does not."""
    whole = name.replace("\\", "/")
    stem = identifiers.normalise(whole.rpartition("/")[2].rpartition(".")[0])
    number = _ID.match(stem)
    kinds = [kind.value for kind, words in _WORDS.items() if any(word in whole for word in words)]
    return number[0] if number else "", kinds[0] if len(kinds) == 1 else ""


def _take(
    member: archives.Member, named: tuple[str, str], people: dict[str, Placement], repeated: bool, by: User
) -> Outcome:
    number, kind = named
    if member.reason:
        return Outcome(member.name, member.reason, False)
    if not number:
        return Outcome(member.name, "文件名应以证件号码开头", False)
    if not kind:
        return Outcome(member.name, "文件名或文件夹名应写明“协议”或“保险单”", False)
    if repeated:
        return Outcome(member.name, "同一人员的同一材料有几个文件，请只保留一个", False)
    placement = people.get(crypto.digest(number))
    if placement is None:
        return Outcome(member.name, "不是本单位审核通过的就业见习人员", False)
    title = Kind(kind).label
    try:
        store_document(
            placement=placement, kind=kind, content=member.content, name=f"{placement.name}{title}.pdf", by=by
        )
    except (files.FileRefused, TransitionRefused) as refused:
        return Outcome(member.name, str(refused), False)
    return Outcome(member.name, f"{placement.name}的{title}", True)
