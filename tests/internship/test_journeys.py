"""Both applications through the portal: filled in, submitted, returned, corrected, approved."""

import pytest
from django.urls import reverse

from internship.models import InternshipUnit, Trainee
from review import workflow
from review.models import Case, Correction
from tests.factories import CITY, COUNTY, make_handler, make_individual, make_region, make_staff
from tests.internship.support import draft_trainee, place, set_figures
from tests.review.cases import image, load_steps

pytestmark = pytest.mark.django_db


def url(case: Case, name: str, **parts: str) -> str:
    portal = "unit" if case.unit_id else "individual"
    return reverse(f"review:{name}", kwargs={"portal": portal, "number": case.number, **parts})


def type_in(client, case: Case, page: str, values: dict[str, str]):
    """Type into a page on top of what is there, as a browser posts it, and go on."""
    draft = case.drafts.filter(page=page).first()
    held = draft.values if draft else {}
    revision = str(draft.revision) if draft else "0"
    return client.post(url(case, "page", page=page), held | values | {"revision": revision, "action": "next"})


def upload(client, case: Case, slot: str, row: str = "") -> None:
    address = url(case, "upload", slot=slot) + (f"?row={row}" if row else "")
    assert client.post(address, {"file": image()}).status_code == 302


def start(client, portal: str, matter: str) -> Case:
    answer = client.post(reverse("review:start", kwargs={"portal": portal, "matter": matter}))
    assert answer.status_code == 302
    return Case.objects.get(matter=matter)


def test_a_graduate_becomes_a_trainee(client, at):
    at("2026-11-21 10:00")
    make_region(COUNTY)
    set_figures()
    load_steps("trainee-application")
    person = make_individual(level=2)
    client.force_login(person.user)
    case = start(client, "individual", "trainee-application")

    assert type_in(client, case, "person", {"nation": "01"}).status_code == 302
    half = {"category": "G1", "education": "21", "handling_region_0": "140000", "handling_region_1": CITY}
    answer = type_in(client, case, "category", half)
    assert answer.status_code == 422
    assert "请继续选择“市本级”或县（市、区）" in answer.content.decode()
    assert type_in(client, case, "category", place(COUNTY, "handling_region")).status_code == 302
    background = client.get(url(case, "page", page="background")).content.decode()
    assert "毕业院校" in background
    assert "失业登记日期" not in background
    too_late = {"school": "演示大学", "graduated_on": "2024-06-30"}
    assert "毕业已超过24个月" in type_in(client, case, "background", too_late).content.decode()
    assert type_in(client, case, "background", {"graduated_on": "2026-06-30"}).status_code == 302
    assert type_in(client, case, "wishes", {"skills": "篮球"}).status_code == 302
    assert type_in(client, case, "bank", {}).status_code == 302
    upload(client, case, "id_card")
    assert "请上传毕业证或留学学历认证" in client.post(url(case, "check")).content.decode()
    upload(client, case, "diploma")

    receipt = client.post(url(case, "check"), follow=True).content.decode()
    assert "申报成功" in receipt
    assert case.number in receipt
    assert "5个工作日" in receipt

    reviewer = make_staff("first", COUNTY)
    correction = Correction(target="field", page="wishes", field="skills", reason="请写明水平")
    workflow.perform(case, "return", by=reviewer, corrections=[correction])
    assert "请写明水平" in client.get(url(case, "case")).content.decode()
    assert "请写明水平" in client.get(url(case, "page", page="wishes")).content.decode()
    assert type_in(client, case, "wishes", {"skills": "篮球，校队成员"}).status_code == 302
    client.post(url(case, "check"))
    shown = client.get(url(case, "case")).content.decode()
    assert "篮球，校队成员" in shown
    workflow.perform(case, "approve", by=reviewer)

    assert Trainee.objects.get(individual=person).handling_region_id == COUNTY
    assert "您已成为山西省太原市小店区的就业见习人员" in client.get(url(case, "case")).content.decode()


def test_a_unit_becomes_an_internship_unit(client):
    load_steps("unit-qualification")
    handler = make_handler()
    client.force_login(handler.user)
    case = start(client, "unit", "unit-qualification")

    facts = client.get(url(case, "page", page="basic")).content.decode()
    assert handler.unit.name in facts
    assert handler.unit.uscc in facts
    assert type_in(client, case, "nature", {}).status_code == 302
    assert type_in(client, case, "place", {}).status_code == 302
    plan = {"planned_positions": "2", "planned_trainees": "1", "introduction": "演示单位"}
    assert "拟接收人数不能少于拟提供岗位数" in type_in(client, case, "plan", plan).content.decode()
    assert type_in(client, case, "plan", {"planned_trainees": "4"}).status_code == 302
    assert type_in(client, case, "contact", {"mobile": "13800000009"}).status_code == 302
    row = {"name": "赵演示", "id_type": "01", "id_no": handler.unit.legal_representative_id_no, "phone": "13800000008"}
    added = client.post(url(case, "page", page="staff"), row | {"revision": "0", "action": "add"})
    assert added.status_code == 302
    mentor = {"name": "钱演示", "post": "工程师", "years": "8", "revision": "0", "action": "add"}
    assert client.post(url(case, "page", page="mentors"), mentor).status_code == 302
    bank = {"bank": "中国工商银行", "account_no": "1402020200000000001"}
    assert type_in(client, case, "bank", bank).status_code == 302

    attachments = client.get(url(case, "attachments")).content.decode()
    assert url(case, "print") in attachments
    key = case.drafts.get(page="staff").values["rows"][0]["key"]
    upload(client, case, "staff_document", key)
    for slot in ("licence", "application_form", "agreement"):
        upload(client, case, slot)
    printed = client.get(url(case, "print"))
    assert printed["Content-Type"] == "application/pdf"

    assert "申报成功" in client.post(url(case, "check"), follow=True).content.decode()
    workflow.perform(case, "approve", by=make_staff("first", COUNTY))
    workflow.perform(case, "approve", by=make_staff("second", CITY))
    assert InternshipUnit.objects.get(unit=handler.unit).state == InternshipUnit.State.ACTIVE
    assert "已认定为就业见习单位" in client.get(url(case, "case")).content.decode()


def test_a_case_of_another_person_is_not_found(client):
    load_steps("trainee-application")
    person = make_individual()
    client.force_login(person.user)
    case = start(client, "individual", "trainee-application")
    client.force_login(make_individual(name="王演示").user)
    assert client.get(url(case, "page", page="person")).status_code == 404


def test_a_withdrawn_application_opens_filled_and_can_be_handed_in_again(client, at):
    at("2026-11-21 10:00")
    set_figures()
    load_steps("trainee-application")
    person = make_individual()
    case = workflow.perform(draft_trainee(person), "submit", by=person.user)
    client.force_login(person.user)
    client.post(url(case, "withdraw"))
    assert "演示大学" in client.get(url(case, "page", page="background")).content.decode()
    assert "申报成功" in client.post(url(case, "check"), follow=True).content.decode()
