"""证明验证: what is genuine, what was altered, forged, revoked or has run out; and that it tells no more than needed."""

import datetime
import io
from typing import Any

import pytest
from django.core.cache import caches
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from documents import actions, press, rendering, signing, verification
from documents.keys import hall_key
from documents.models import DocumentBatch, IssuedDocument
from tests.documents.support import bytes_of, make_document, own_key, text_of
from tests.factories import make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nobody_asked_before() -> None:
    caches["default"].clear()


def ask_by_file(data: bytes, name: str = "证明.pdf") -> str:
    upload = SimpleUploadedFile(name, data, "application/pdf")
    return Client().post(reverse("documents:verify_file"), {"file": upload}).content.decode()


def ask_by_code(code: str) -> str:
    return Client().get(reverse("documents:verify_code", args=[code])).content.decode()


def appended(pdf: bytes) -> bytes:
    """The file with a revision after the signature that changes its title."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    from pyhanko.pdf_utils import generic

    writer.root["/Appended"] = generic.TextStringObject("改动")
    writer.update_root()
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_the_signature_is_intact_covers_the_whole_file_and_is_the_halls() -> None:
    reader = PdfFileReader(io.BytesIO(bytes_of(make_document())))
    (embedded,) = reader.embedded_signatures
    context = ValidationContext(trust_roots=signing._certificates(hall_key().certificates), allow_fetching=False)
    status = validate_pdf_signature(embedded, signer_validation_context=context)
    assert status.intact
    assert status.valid
    assert status.trusted
    assert status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    assert embedded.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"


def test_a_genuine_file_is_confirmed_with_a_masked_summary() -> None:
    document = make_document()
    page = ask_by_file(bytes_of(document))
    assert "证明真实有效" in page
    assert document.number in page
    assert "孙**" in page
    assert document.snapshot["name"] not in page
    assert document.snapshot["id_no"] not in page


def test_a_code_is_found_however_it_is_typed() -> None:
    document = make_document()
    words = rendering.code_words(document.code).lower()
    answer = Client().post(reverse("documents:verify"), {"code": words})
    assert answer["Location"] == reverse("documents:verify_code", args=[document.code])
    full_width = "".join(chr(ord(char) + 0xFEE0) for char in document.code)
    for typed in (document.code, document.code.lower(), full_width):
        assert verification.by_code(typed).outcome == verification.Outcome.VALID
    page = ask_by_code(document.code)
    assert "证明真实有效" in page
    assert document.snapshot["id_no"] not in page


def test_an_altered_byte_is_noticed() -> None:
    pdf = bytearray(bytes_of(make_document()))
    start = pdf.index(b"stream") + 40
    pdf[start] ^= 1
    assert verification.by_file(bytes(pdf)).outcome == verification.Outcome.ALTERED
    assert "文件被改动过" in ask_by_file(bytes(pdf))


def test_an_appended_revision_is_noticed() -> None:
    changed = appended(bytes_of(make_document()))
    assert verification.by_file(changed).outcome == verification.Outcome.ALTERED
    assert "文件被改动过" in ask_by_file(changed)


def test_bytes_after_the_end_are_noticed() -> None:
    assert verification.by_file(bytes_of(make_document()) + b"\n%x\n").outcome == verification.Outcome.ALTERED


def test_the_same_words_signed_with_another_key_are_refused() -> None:
    document = make_document()
    forged = press.print_signed(rendering.html_of(document), own_key())
    assert text_of(forged) == text_of(bytes_of(document))
    assert "不是本网厅的签名" in ask_by_file(forged)


def test_a_file_without_signature_is_refused() -> None:
    from common import pdf

    assert "文件没有电子签名" in ask_by_file(pdf.html_to_pdf(rendering.html_of(make_document())))


def test_a_file_that_the_hall_signed_but_never_registered_is_not_confirmed() -> None:
    unregistered = press.print_signed(rendering.html_of(make_document()), hall_key())
    assert "没有该文件的出具记录" in ask_by_file(unregistered)


@pytest.mark.parametrize("data", [b"GIF89a", b"%PDF-1.7\nnothing", b"%PDF-1.7\n" + b"\0" * 5000, b"PK\x03\x04"])
def test_what_is_no_pdf_is_refused_in_words(data: bytes) -> None:
    page = ask_by_file(data)
    assert "文件无法读取" in page or "文件没有电子签名" in page


def test_a_file_too_large_is_refused_before_it_is_read() -> None:
    page = ask_by_file(b"%PDF-" + b"0" * (verification.MAX_FILE_MB * 1024 * 1024))
    assert "文件超过5MB" in page


def test_a_revoked_document_says_so_by_code_and_by_file_and_not_why() -> None:
    document = make_document()
    actions.revoke(document=document, reason="演示：内容有误", by=make_staff("business"))
    for page in (ask_by_code(document.code), ask_by_file(bytes_of(document))):
        assert "证明已撤销" in page
        assert "内容有误" not in page


def test_a_document_past_its_day_says_so() -> None:
    today = timezone.localdate()
    document = make_document(issued_on=today - datetime.timedelta(days=100), valid_until=today)
    assert verification.by_code(document.code).outcome == verification.Outcome.VALID
    IssuedDocument.objects.update(valid_until=today - datetime.timedelta(days=1))
    assert "证明已过验证有效期" in ask_by_code(document.code)
    assert "证明已过验证有效期" in ask_by_file(bytes_of(document))


def test_a_numbered_document_without_its_file_is_not_confirmed() -> None:
    document = make_document()
    IssuedDocument.objects.update(file=None, sha256=None, sm3=None, produced_at=None)
    assert "没有查到该证明" in ask_by_code(document.code)


@pytest.mark.parametrize("code", ["AAAAAAAAAAAAAAAA", "x", "ＡＡ", "%00", "AAAA-AAAA-AAAA-AAAA", "验证码", "0" * 200])
def test_an_unknown_code_is_answered_calmly(code: str) -> None:
    assert "没有查到该证明" in ask_by_code(code)


def test_a_code_of_the_wrong_length_is_told_at_the_field() -> None:
    answer = Client().post(reverse("documents:verify"), {"code": "ABC"})
    assert answer.status_code == 422
    assert "验证码应为16位字母和数字，您输入了3位" in answer.content.decode()


def test_looking_up_codes_is_limited_by_address(settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"verify": "3/m/ip", "verify_file": "2/m/ip"}
    client = Client()
    address = reverse("documents:verify_code", args=["A" * 16])
    assert [client.get(address).status_code for _ in range(4)] == [200, 200, 200, 429]
    upload = reverse("documents:verify_file")
    assert [client.post(upload, {"file": ""}).status_code for _ in range(3)] == [422, 422, 429]


def test_answers_stay_out_of_caches_and_search_engines() -> None:
    answer = Client().get(reverse("documents:verify_code", args=[make_document().code]))
    assert "no-store" in answer["Cache-Control"]
    assert answer["X-Robots-Tag"] == "noindex"


def test_codes_are_random_unambiguous_and_found_by_index() -> None:
    codes = {actions.new_code() for _ in range(500)}
    assert len(codes) == 500
    assert set("".join(codes)) == set(actions.CODE_ALPHABET)
    assert not set("01IO") & set(actions.CODE_ALPHABET)
    assert IssuedDocument._meta.get_field("code").unique


def test_a_certificate_used_before_still_verifies(settings: Any) -> None:
    import base64

    document, former = make_document(), hall_key()
    key = own_key("演示新证书")
    settings.SIGNING_KEY = base64.b64encode(key.private_key).decode()
    settings.SIGNING_CERTIFICATE = key.certificates.decode()
    assert verification.by_file(bytes_of(document)).outcome == verification.Outcome.FOREIGN
    settings.SIGNING_FORMER_CERTIFICATES = former.certificates.decode()
    assert verification.by_file(bytes_of(document)).outcome == verification.Outcome.VALID


def test_a_print_copy_says_what_it_is() -> None:
    document = make_document()
    unit = document.individual.placements.get().unit
    batch = DocumentBatch.objects.create(
        kind=document.kind, unit=unit, form="pdf", total=1, created_by=unit.handlers.get().user
    )
    from common import files

    data = b"%PDF-1.7 merged"
    batch.file, batch.finished_at = files.store_own(data, name="合并.pdf", kind="pdf", by=None), timezone.now()
    batch.save()
    assert "这是合并打印的文件" in ask_by_file(data)
