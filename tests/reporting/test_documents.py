"""见习协议 and 保险单 of people matched in batches: a zip named by ID number, each file answered for (C5)."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from common import archives
from internship.rules import add_months
from reporting import document_actions
from reporting.models import PlacementDocument
from tests.factories import make_individual
from tests.internship.support import make_case
from tests.reporting.support import make_placement, make_qualified, set_limits
from tests.support.samples import pdf_bytes

pytestmark = pytest.mark.django_db


def archive(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            made.writestr(name, content)
    return out.getvalue()


@pytest.fixture
def handler(db):
    set_limits()
    return make_qualified()


@pytest.fixture
def placement(handler):
    month = add_months(timezone.localdate().replace(day=1), -1)
    return make_placement(
        handler.unit, starts_on=add_months(month, -1), case=make_case("placement-import", handler.unit)
    )


def test_files_named_by_id_number_go_to_their_people(handler, placement) -> None:
    data = archive(**{f"{placement.id_no}-协议.pdf": pdf_bytes(), f"保险单/{placement.id_no.lower()}.pdf": pdf_bytes()})
    outcomes = document_actions.store_archive(unit=handler.unit, data=data, by=handler.user)
    assert [outcome.stored for outcome in outcomes] == [True, True]
    assert set(PlacementDocument.objects.values_list("kind", flat=True)) == {"agreement", "policy"}


def test_every_file_that_is_not_taken_says_why(handler, placement) -> None:
    number = placement.id_no
    data = archive(
        **{
            f"{number}-协议.docx": b"PK no",
            f"../{number}-保险单.pdf": pdf_bytes(),
            f"{number}.pdf": pdf_bytes(),
            "说明.pdf": pdf_bytes(),
            f"{make_individual().id_no}-协议.pdf": pdf_bytes(),
            f"保险单/{number}.zip": archive(a=b"x"),
            "__MACOSX/x": b"",
        }
    )
    words = {
        one.name: one.words for one in document_actions.store_archive(unit=handler.unit, data=data, by=handler.user)
    }
    assert len(words) == 6
    told = "；".join(words.values())
    for part in (
        "只能上传PDF",
        "文件路径不合规",
        "应写明“协议”或“保险单”",
        "应以证件号码开头",
        "不是本单位",
        "是压缩包",
    ):
        assert part in told
    assert not PlacementDocument.objects.exists()


def test_bombs_passwords_links_and_damage_are_refused(handler, placement) -> None:
    bomb = archive(**{f"{placement.id_no}-协议.pdf": b"\0" * (15 * 1024 * 1024)})
    [outcome] = document_actions.store_archive(unit=handler.unit, data=bomb, by=handler.user)
    assert (outcome.stored, outcome.words) == (False, "解压后过大，请重新导出后打包")
    for broken in (b"PK\x03\x04 nothing", b"no archive"):
        with pytest.raises(archives.ArchiveRefused, match="已损坏或不是ZIP"):
            archives.unpack(broken)
    with pytest.raises(archives.ArchiveRefused, match="解压后过大"):
        archives.unpack(archive(**{f"{n}.pdf": b"\0" * (19 * 1024 * 1024) for n in range(12)}))
    link = zipfile.ZipInfo("a.pdf")
    link.external_attr = 0o120777 << 16
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr(link, "/etc/passwd")
    assert archives.unpack(out.getvalue())[0].reason == "是链接而不是文件"


def test_the_page_takes_a_zip_and_single_files(client, handler, placement) -> None:
    client.force_login(handler.user)
    data = archive(**{f"{placement.id_no}-协议.pdf": pdf_bytes(), "说明.pdf": pdf_bytes()})
    answer = client.post("/unit/placements/documents/", {"file": SimpleUploadedFile("材料.zip", data)})
    assert "已保存 1 个" in answer.content.decode()
    one = SimpleUploadedFile("a.pdf", pdf_bytes())
    client.post(f"/unit/placements/{placement.pk}/documents/policy/", {"file": one})
    assert PlacementDocument.objects.count() == 2
    assert client.post("/unit/placements/documents/").status_code == 422
    document = PlacementDocument.objects.first()
    assert client.get(f"/unit/placements/documents/{document.pk}/").status_code == 200
    client.force_login(make_qualified().user)
    assert client.get(f"/unit/placements/documents/{document.pk}/").status_code == 404
    assert client.post(f"/unit/placements/{placement.pk}/documents/policy/").status_code == 404
