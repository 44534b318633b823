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
from review import actions as review_actions
from review import matters, workflow
from review.models import Case, CasePerson
from tests.factories import OTHER_COUNTY, make_individual, make_staff
from tests.internship.support import make_case, set_policy
from tests.reporting.support import make_placement, make_qualified, reviewer, set_limits
from tests.review.cases import attach, fill, load_steps
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


# --- The county's view of them ----------------------------------------------------------------


@pytest.fixture
def reported(handler, placement) -> Case:
    """A report about the person, with the agreement handed in and the policy not yet, waiting for the county."""
    set_policy("minimum_wage", "1880")
    set_policy("subsidy_unit_share", "0.60")
    load_steps("monthly-report")
    agreement = {"placement": placement, "kind": "agreement", "content": pdf_bytes(pages=2), "name": "协议.pdf"}
    document_actions.store_document(**agreement, by=handler.user)
    policy = document_actions.store_document(**agreement | {"kind": "policy"}, by=handler.user)
    month = add_months(timezone.localdate().replace(day=1), -1).isoformat()
    case = review_actions.start_case("monthly-report", handler.unit, by=handler.user)
    fill(case, {"month": {"month": month, "filler": "王演示", "phone": "13800000009"}})
    line = {"days": "21", "due_pay": "3100", "net_pay": "3008", "paid_on": timezone.localdate().isoformat()}
    fill(case, {"people": {"rows": [{"key": str(placement.pk)} | line]}})
    for slot in ("attendance", "payment"):
        attach(case, slot)
    case = workflow.perform(case, "submit", by=handler.user)
    policy.delete()
    return case


def address(case: Case, document: PlacementDocument) -> str:
    return f"/admin/reporting/placement/cases/{case.number}/documents/{document.pk}/"


def test_the_county_sees_what_was_handed_in_for_the_people_of_a_report(client, placement, reported) -> None:
    client.force_login(reviewer(reported))
    page = client.get(f"/admin/review/case/{reported.number}/review/").content.decode()
    kept = PlacementDocument.objects.get()
    assert f'data-view="{address(reported, kept)}pages/1/ {address(reported, kept)}pages/2/"' in page
    assert page.count("未上传") == 1
    assert placement.id_no not in page
    image = client.get(f"{address(reported, kept)}pages/2/")
    assert (image.status_code, image["Content-Type"]) == (200, "image/webp")
    assert client.get(f"{address(reported, kept)}pages/3/").status_code == 404
    whole = client.get(address(reported, kept))
    assert whole["Content-Disposition"].startswith("attachment")


def test_an_import_shows_the_documents_of_its_people(handler, placement) -> None:
    CasePerson.objects.create(case=placement.case, name=placement.name, id_no=placement.id_no)
    [(_, context)] = matters.get("placement-import").review_panels(placement.case)
    assert (context["total"], [slot["state"] for slot in context["rows"][0]["slots"]]) == (1, ["未上传", "未上传"])


def test_documents_are_shown_beside_cases_about_their_person_only(client, handler, reported) -> None:
    kept = PlacementDocument.objects.get()
    client.force_login(reviewer(reported))
    stranger = make_placement(handler.unit, case=make_case("placement-import", handler.unit))
    other = document_actions.store_document(
        placement=stranger, kind="policy", content=pdf_bytes(), name="a.pdf", by=handler.user
    )
    assert client.get(address(reported, other)).status_code == 404
    assert client.get(address(stranger.case, kept)).status_code == 404
    client.force_login(make_staff("first", OTHER_COUNTY))
    assert client.get(address(reported, kept)).status_code == 404
    assert client.get(f"{address(reported, kept)}pages/1/").status_code == 404
