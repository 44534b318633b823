"""What anybody may ask: is this document genuine, and does it still hold?

By its code, or by the file itself. Answers show a masked summary and nothing more.
"""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from django.utils import timezone

from documents import kinds, signing
from documents.actions import CODE_LENGTH, hashes_of
from documents.models import DocumentBatch, IssuedDocument

MAX_FILE_MB = 5


class Outcome(StrEnum):
    """What verification can find."""

    VALID = "valid"
    EXPIRED = "expired"
    REVOKED = "revoked"
    UNKNOWN_CODE = "unknown_code"
    UNKNOWN_FILE = "unknown_file"
    ALTERED = "altered"
    FOREIGN = "foreign"
    UNSIGNED = "unsigned"
    UNREADABLE = "unreadable"
    PRINT_COPY = "print_copy"


# Outcome → colour, heading, what it means and what to do.
WORDS: dict[Outcome, tuple[str, str, str]] = {
    Outcome.VALID: ("success", "证明真实有效", "该证明由本网厅出具。请核对下列内容与您手中的证明是否一致。"),
    Outcome.EXPIRED: ("warning", "证明已过验证有效期", "该证明由本网厅出具，但已过验证有效期，请持有人重新打印。"),
    Outcome.REVOKED: ("danger", "证明已撤销", "该证明由本网厅出具，后已撤销，不再有效。"),
    Outcome.UNKNOWN_CODE: (
        "danger",
        "没有查到该证明",
        "请核对验证码（不含数字0、1和字母I、O）。核对无误仍查不到的，该证明不是本网厅出具的。",
    ),
    Outcome.UNKNOWN_FILE: (
        "danger",
        "没有该文件的出具记录",
        "文件带有本网厅的签名，但没有查到出具记录，请拨打服务电话核实。",
    ),
    Outcome.ALTERED: (
        "danger",
        "文件被改动过",
        "文件内容与签名时不一致，不能作为证明使用。请向持有人索取原文件，或输入验证码核对内容。",
    ),
    Outcome.FOREIGN: (
        "danger",
        "不是本网厅的签名",
        "文件虽有电子签名，但不是本网厅签署的，不能作为本网厅的证明使用。",
    ),
    Outcome.UNSIGNED: (
        "danger",
        "文件没有电子签名",
        "可能是打印后扫描或另存的文件。请上传从本网厅下载的原文件，或输入证明上的验证码。",
    ),
    Outcome.UNREADABLE: ("danger", "文件无法读取", "请上传从本网厅下载的PDF原文件（不超过5MB）。"),
    Outcome.PRINT_COPY: (
        "info",
        "这是合并打印的文件",
        "该文件由本网厅生成，合并了多份证明，便于打印。请按每份证明上的验证码分别核验。",
    ),
}


@dataclass(frozen=True)
class Verdict:
    """The answer: what was found, in words, with the masked summary where there is a document."""

    outcome: Outcome
    document: IssuedDocument | None = None
    facts: list[tuple[str, str]] = field(default_factory=list)

    @property
    def tone(self) -> str:
        return WORDS[self.outcome][0]

    @property
    def title(self) -> str:
        return WORDS[self.outcome][1]

    @property
    def text(self) -> str:
        return WORDS[self.outcome][2]


def normal_code(text: str) -> str:
    """A code as typed, without spaces and hyphens, full-width or small letters."""
    half = "".join(chr(ord(char) - 0xFEE0) if 0xFF01 <= ord(char) <= 0xFF5E else char for char in text)
    return "".join(char for char in half.upper() if char.isascii() and char.isalnum())


def by_code(text: str) -> Verdict:
    """The document with a code."""
    code = normal_code(text)
    found = IssuedDocument.objects.produced().filter(code=code).first() if len(code) == CODE_LENGTH else None
    return _of(found) if found else Verdict(Outcome.UNKNOWN_CODE)


def by_file(data: bytes) -> Verdict:
    """What a file is: its signature is validated, its hashes are compared with the register."""
    if not data.startswith(b"%PDF-"):
        return Verdict(Outcome.UNREADABLE)
    sha256, sm3 = hashes_of(data)
    found = IssuedDocument.objects.produced().filter(sha256=sha256, sm3=sm3).first()
    if found is None and DocumentBatch.objects.filter(file__sha256=sha256, form=DocumentBatch.Form.PDF).exists():
        return Verdict(Outcome.PRINT_COPY)
    # A certificate that ran out since does not undo what was signed while it held.
    moment = found.produced_at if found and found.produced_at else timezone.now()
    try:
        signatures = signing.read_signatures(data, moment)
    except signing.Unreadable:
        return Verdict(Outcome.UNREADABLE)
    fault = _fault(signatures)
    if fault is not None:
        return Verdict(fault)
    return _of(found) if found else Verdict(Outcome.UNKNOWN_FILE)


def _fault(signatures: list[signing.Signature]) -> Outcome | None:
    """What is wrong with the signatures of a file; None where the hall signed all of it."""
    if not signatures:
        return Outcome.UNSIGNED
    if not any(one.intact for one in signatures):
        return Outcome.ALTERED
    ours = [one for one in signatures if one.ours]
    if not ours:
        return Outcome.FOREIGN
    # Whatever was appended after the signature, further signatures included, is an alteration.
    return None if all(one.intact and one.whole for one in signatures) else Outcome.ALTERED


def _of(document: IssuedDocument) -> Verdict:
    kind = kinds.get(document.kind)
    facts = [
        ("证明种类", kind.title),
        ("证明编号", document.number),
        *kind.summary(document.snapshot),
        ("出具机构", document.issuer),
        ("出具日期", f"{document.issued_on:%Y-%m-%d}"),
        ("验证有效期至", f"{document.valid_until:%Y-%m-%d}" if document.valid_until else "长期"),
    ]
    if document.revoked_at:
        facts.append(("撤销日期", f"{timezone.localtime(document.revoked_at):%Y-%m-%d}"))
    return Verdict(standing(document, timezone.localdate()), document, facts)


def standing(document: IssuedDocument, on: date) -> Outcome:
    """Whether a document holds on a day."""
    if document.revoked_at:
        return Outcome.REVOKED
    return Outcome.EXPIRED if document.valid_until and document.valid_until < on else Outcome.VALID
