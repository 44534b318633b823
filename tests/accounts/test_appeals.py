"""账号申诉 (A4): without sign-in, with papers; staff decide; approval changes the 单位主管 and tells everybody."""

from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError
from django.http import HttpResponse
from django.test import Client
from freezegun import freeze_time

from accounts import appeal_actions, jobs
from accounts.actions import Refused
from accounts.appeal_models import Appeal, AppealFile, AppealFileView
from accounts.appeal_rules import APPEAL_TABLE
from accounts.models import Handler, Message, MobileCode, StaffProfile, Unit, User
from common.models import StoredFile
from common.transitions import TransitionRefused
from tests.accounts.appeals import draft_appeal, submitted_appeal
from tests.accounts.conftest import at_once, last_code, sent_messages
from tests.factories import CITY, make_handler, make_id_no, make_staff, make_unit, make_user
from tests.review.cases import image

pytestmark = pytest.mark.django_db
APPEAL, PAPERS, STATUS = "/accounts/appeal/", "/accounts/appeal/papers/", "/accounts/appeal/status/"
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _fresh_limits(db: None) -> None:
    cache.clear()


@pytest.fixture
def unit(db: None) -> Unit:
    return make_unit(level=2)


@pytest.fixture
def squatter(unit: Unit) -> Handler:
    """Who registered the unit although it is not his; he even typed the claimant's number."""
    return make_handler(unit, make_user("zhanyong", name="孙演示"), id_no=make_id_no(950), origin="registered")


@pytest.fixture
def staff(db: None) -> User:
    return make_staff("hall", CITY)


def typed(unit: Unit, **values: Any) -> dict[str, Any]:
    return {
        "unit_name": unit.name,
        "uscc": unit.uscc.lower(),
        "reason": "occupied",
        "words": "账号被他人占用（演示）",
        "claimant": "赵演示",
        "id_type": "01",
        "id_no": make_id_no(950),
        "mobile": "13911110950",
        "code": "",
    } | values


def begin(client: Client, unit: Unit, run: Any, **values: Any) -> HttpResponse:
    """The first page, with the code of the short message."""
    with run(execute=True):
        client.post(APPEAL, typed(unit) | {"send_code": "1"})
    return client.post(APPEAL, typed(unit, code=last_code()) | values)


def upload(client: Client, slot: str, file: SimpleUploadedFile | None = None) -> HttpResponse:
    return client.post(f"{PAPERS}{slot}/add/", {"file": file or image()}, headers={"HX-Request": "true"})


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def decide(staff: User, appeal: Appeal, decision: str = "approve", **values: Any) -> HttpResponse:
    given = {decision: "1", "words": "材料齐全，情况属实（演示）"} | values
    return signed_in(staff).post(f"/admin/accounts/appeal/{appeal.pk}/decide/", given, follow=True)


# --- The claim -----------------------------------------------------------------------------


def test_the_page_is_linked_from_sign_in_and_from_a_credit_code_that_exists(client: Client, unit: Unit) -> None:
    assert APPEAL in client.get("/accounts/login/?portal=unit").content.decode()
    registration = {
        "username": "yanshi_unit",
        "legal_person_type": "01",
        "name": unit.name,
        "uscc": unit.uscc,
        "legal_representative": "李演示",
        "legal_representative_id_type": "01",
        "legal_representative_id_no": make_id_no(3),
        "mobile": "13911110001",
        "password": "Tongban-2026",
        "password_again": "Tongban-2026",
        "agreement": "on",
    }
    page = client.post("/accounts/register/unit/", registration).content.decode()
    assert f"{APPEAL}?uscc={unit.uscc}" in page
    assert unit.uscc in client.get(f"{APPEAL}?uscc={unit.uscc}").content.decode()


def test_a_claim_is_made_without_an_account_and_looked_up_with_number_and_secret(
    client: Client, unit: Unit, django_capture_on_commit_callbacks: Any
) -> None:
    assert begin(client, unit, django_capture_on_commit_callbacks)["Location"] == PAPERS
    assert "未上传" in client.get(PAPERS).content.decode()
    for slot in AppealFile.Slot.values:
        assert "已上传" in upload(client, slot).content.decode()
    assert client.post("/accounts/appeal/submit/")["Location"] == "/accounts/appeal/receipt/"
    receipt = client.get("/accounts/appeal/receipt/").content.decode()
    appeal = Appeal.objects.get()
    secret = receipt.partition("<code>")[2].partition("</code>")[0]
    assert appeal.number in receipt
    # Shown once, and kept as a hash alone.
    assert client.get("/accounts/appeal/receipt/")["Location"] == STATUS
    assert secret not in str(vars(appeal))
    found = Client().post(STATUS, {"number": appeal.number.lower(), "secret": f" {secret.lower()} "}).content.decode()
    assert "待审核" in found
    assert "139****0950" in found
    assert "赵演示" not in found
    assert make_id_no(950) not in found


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("unit_name", "", "请填写单位名称"),
        ("uscc", "91140105MA0000099X", "统一社会信用代码"),
        ("claimant", "", "请填写申诉人姓名"),
        ("id_no", "1401", "应为18位"),
        ("reason", "", "请选择申诉原因"),
        ("words", "", "请填写情况说明"),
        ("code", "000000", "验证码不正确或已失效"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_typed_is_lost(
    client: Client, unit: Unit, django_capture_on_commit_callbacks: Any, field: str, value: str, words: str
) -> None:
    page = begin(client, unit, django_capture_on_commit_callbacks, **{field: value}).content.decode()
    assert words in page
    assert "13911110950" in page
    assert not Appeal.objects.exists()


def test_a_unit_that_is_not_registered_is_led_to_registration(
    client: Client, unit: Unit, django_capture_on_commit_callbacks: Any
) -> None:
    from tests.factories import make_credit_code

    page = begin(client, unit, django_capture_on_commit_callbacks, uscc=make_credit_code(999)).content.decode()
    assert "请直接办理法人注册" in page


def test_both_papers_are_needed(client: Client, unit: Unit, django_capture_on_commit_callbacks: Any) -> None:
    begin(client, unit, django_capture_on_commit_callbacks)
    upload(client, "licence")
    page = client.post("/accounts/appeal/submit/", follow=True).content.decode()
    assert "请上传授权委托书" in page
    assert Appeal.objects.get().status == "draft"


@pytest.mark.parametrize(
    ("content", "words"), [(b"MZ\x90\x00", "只能上传PDF"), (b"", "文件是空的"), (b"%PDF-1.7 broken", "请重新")]
)
def test_papers_are_judged_by_their_content(
    client: Client, unit: Unit, django_capture_on_commit_callbacks: Any, content: bytes, words: str
) -> None:
    begin(client, unit, django_capture_on_commit_callbacks)
    answer = upload(client, "licence", SimpleUploadedFile("执照.pdf", content or b" "[:0], "application/pdf"))
    assert answer.status_code == 422
    assert words in answer.content.decode() or (not content and "空" in answer.content.decode())
    assert not StoredFile.objects.exists()


def test_a_paper_can_be_taken_out_and_a_slot_is_not_a_dump(
    client: Client, unit: Unit, django_capture_on_commit_callbacks: Any
) -> None:
    begin(client, unit, django_capture_on_commit_callbacks)
    for _ in range(5):
        upload(client, "licence")
    assert "最多5个文件" in upload(client, "licence").content.decode()
    paper = AppealFile.objects.first()
    assert paper is not None
    client.post(f"{PAPERS}{paper.pk}/remove/")
    assert AppealFile.objects.count() == 4
    assert StoredFile.objects.count() == 4


def test_nobody_else_reaches_a_claim_that_is_being_made(client: Client, unit: Unit, squatter: Handler) -> None:
    appeal = draft_appeal(unit)
    paper = appeal.files.first()
    assert paper is not None
    for stranger in (client, signed_in(squatter.user)):
        assert stranger.get(PAPERS)["Location"] == APPEAL
        assert stranger.post(f"{PAPERS}{paper.pk}/remove/")["Location"] == APPEAL
        assert stranger.post("/accounts/appeal/submit/")["Location"] == APPEAL
    assert appeal.files.count() == 2


def test_a_paper_of_another_claim_is_not_there(
    client: Client, unit: Unit, django_capture_on_commit_callbacks: Any
) -> None:
    paper = draft_appeal(unit, 951).files.first()
    assert paper is not None
    begin(client, unit, django_capture_on_commit_callbacks)
    assert client.post(f"{PAPERS}{paper.pk}/remove/").status_code == 404
    assert client.post(f"{PAPERS}other/add/", {"file": image()}).status_code == 404


def test_a_double_click_hands_in_once(client: Client, unit: Unit, django_capture_on_commit_callbacks: Any) -> None:
    begin(client, unit, django_capture_on_commit_callbacks)
    for slot in AppealFile.Slot.values:
        upload(client, slot)
    client.post("/accounts/appeal/submit/")
    assert client.post("/accounts/appeal/submit/")["Location"] == APPEAL
    assert Appeal.objects.count() == 1


def test_the_same_claimant_has_one_claim_waiting(unit: Unit) -> None:
    submitted_appeal(unit)
    with pytest.raises(IntegrityError, match="appeal_one_waiting"):
        submitted_appeal(unit)


def test_wrong_pairs_get_one_answer_and_are_limited(client: Client, unit: Unit) -> None:
    appeal = submitted_appeal(unit)
    draft = draft_appeal(unit, 951)
    for number in (appeal.number, draft.number, "ZHSS20260101000000"):
        page = client.post(STATUS, {"number": number, "secret": "AAAAAAAAAA"}).content.decode()
        assert "申诉编号或查询码不正确" in page
    statuses = [client.post(STATUS, {"number": "X", "secret": "Y"}).status_code for _ in range(30)]
    assert statuses[-1] == 429


def test_the_code_proves_the_phone_and_lasts_five_minutes(
    client: Client, unit: Unit, django_capture_on_commit_callbacks: Any
) -> None:
    with freeze_time("2026-03-02 02:00:00") as clock:
        with django_capture_on_commit_callbacks(execute=True):
            client.post(APPEAL, typed(unit) | {"send_code": "1"})
        code = last_code()
        clock.tick(300)
        assert "验证码不正确" in client.post(APPEAL, typed(unit, code=code)).content.decode()
    assert MobileCode.objects.get().purpose == "appeal"


def test_what_was_begun_and_not_handed_in_is_forgotten_after_a_day(unit: Unit) -> None:
    with freeze_time("2026-03-02 02:00:00") as clock:
        draft_appeal(unit)
        kept = submitted_appeal(unit, 951)
        clock.tick(24 * 3600)
        jobs.sweep_appeal_drafts(timestamp=0)
        assert Appeal.objects.count() == 2
        clock.tick(1)
        jobs.sweep_appeal_drafts(timestamp=0)
    assert list(Appeal.objects.all()) == [kept]
    assert StoredFile.objects.count() == 2


# --- The decision --------------------------------------------------------------------------


def test_approval_sets_the_new_supervisor_ends_the_old_ones_sessions_and_tells_everybody(
    unit: Unit, squatter: Handler, staff: User, django_capture_on_commit_callbacks: Any
) -> None:
    clerk = make_handler(unit, make_user("jingban", name="李演示"), role="clerk")
    appeal = submitted_appeal(unit)
    browser = signed_in(squatter.user)
    assert browser.get("/unit/").status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        assert "新的单位主管已通知" in decide(staff, appeal).content.decode()
    new = Handler.objects.supervisors().get()
    assert (new.name, new.origin, new.user_id != squatter.user_id) == ("赵演示", "staff", True)
    squatter.refresh_from_db()
    assert squatter.end_reason == "appeal"
    assert browser.get("/unit/").status_code == 302
    assert Message.objects.filter(user=squatter.user, title="经办权限已结束").exists()
    assert Message.objects.filter(user=clerk.user, title="单位主管已变更").exists()
    texts = [text for mobile, text in sent_messages() if mobile == "13911110950"]
    assert any("/accounts/activate/" in text for text in texts)
    assert any("已通过" in text for text in texts)
    unit.refresh_from_db()
    assert unit.level == 5
    appeal.refresh_from_db()
    assert (appeal.status, appeal.decided_by) == ("approved", staff)
    assert appeal.history.order_by("-pgh_id").first().pgh_context.metadata["user"] == staff.pk


def test_the_other_handlers_may_be_ended_with_it(unit: Unit, squatter: Handler, staff: User) -> None:
    make_handler(unit, role="clerk")
    decide(staff, submitted_appeal(unit), end_clerks="on")
    assert [handler.name for handler in Handler.objects.active()] == ["赵演示"]


def test_a_refusal_changes_nothing_and_tells_why(
    unit: Unit, squatter: Handler, staff: User, django_capture_on_commit_callbacks: Any
) -> None:
    appeal = submitted_appeal(unit)
    with django_capture_on_commit_callbacks(execute=True):
        decide(staff, appeal, "reject", words="授权委托书没有盖章（演示）")
    assert list(Handler.objects.supervisors()) == [squatter]
    assert "授权委托书没有盖章" in sent_messages()[-1][1]
    appeal.refresh_from_db()
    assert appeal.status == "rejected"


def test_a_decision_needs_words_and_is_made_once(unit: Unit, squatter: Handler, staff: User) -> None:
    appeal = submitted_appeal(unit)
    assert "请填写审核意见" in decide(staff, appeal, words="").content.decode()
    decide(staff, appeal)
    assert "当前状态为“已通过”" in decide(staff, appeal, "reject").content.decode()


def test_a_decision_without_a_choice_decides_nothing(unit: Unit, staff: User) -> None:
    appeal = submitted_appeal(unit)
    decide(staff, appeal, "neither")
    appeal.refresh_from_db()
    assert appeal.status == "submitted"


def test_nobody_decides_a_claim_that_concerns_himself(unit: Unit, staff: User) -> None:
    StaffProfile.objects.filter(user=staff).delete()
    StaffProfile.objects.create(user=staff, employee_no="T1", id_no=make_id_no(950))
    assert "应当回避" in decide(User.objects.get(pk=staff.pk), submitted_appeal(unit)).content.decode()
    assert not Handler.objects.exists()


def test_only_hall_staff_of_the_region_decide(unit: Unit) -> None:
    appeal = submitted_appeal(unit)
    address = f"/admin/accounts/appeal/{appeal.pk}/decide/"
    assert signed_in(make_staff("hall", "220102")).get(address).status_code == 404
    assert signed_in(make_staff("first")).get(address).status_code == 403
    with pytest.raises((TransitionRefused, Refused)):
        appeal_actions.decide_appeal(
            appeal=appeal, approve=True, words="演示", end_clerks=False, by=make_staff("hall", "220102")
        )


def test_what_waits_stands_on_the_desk_of_who_decides_it(unit: Unit, staff: User) -> None:
    assert "待我审核的账号申诉" not in signed_in(staff).get("/admin/").content.decode()
    submitted_appeal(unit)
    assert "待我审核的账号申诉" in signed_in(staff).get("/admin/").content.decode()
    for other in (make_staff("hall", "220102"), make_staff("first")):
        assert "待我审核的账号申诉" not in signed_in(other).get("/admin/").content.decode()


def test_claims_not_handed_in_are_not_the_staffs(unit: Unit, staff: User) -> None:
    draft = draft_appeal(unit)
    client = signed_in(staff)
    assert draft.number not in client.get("/admin/accounts/appeal/").content.decode()
    assert client.get(f"/admin/accounts/appeal/{draft.pk}/decide/").status_code == 404


def test_every_look_at_the_evidence_is_logged_and_only_images_are_shown(unit: Unit, staff: User) -> None:
    appeal = submitted_appeal(unit)
    paper = appeal.files.first()
    assert paper is not None
    answer = signed_in(staff).get(f"/admin/accounts/appeal/papers/{paper.pk}/1/")
    assert answer["Content-Type"] == "image/webp"
    view = AppealFileView.objects.get()
    assert (view.paper, view.page, view.viewed_by) == (paper, 1, staff)
    elsewhere = signed_in(make_staff("hall", "220102"))
    assert elsewhere.get(f"/admin/accounts/appeal/papers/{paper.pk}/1/").status_code == 404
    assert AppealFileView.objects.count() == 1


def test_nobody_decides_on_papers_that_could_not_be_looked_at(unit: Unit, squatter: Handler, staff: User) -> None:
    appeal = submitted_appeal(unit)
    StoredFile.objects.update(state="pending")
    assert "还在查毒" in decide(staff, appeal).content.decode()
    assert list(Handler.objects.supervisors()) == [squatter]


def test_the_diagram_is_the_tables() -> None:
    assert (ROOT / "docs/workflows/appeal.mmd").read_text() == APPEAL_TABLE.mermaid()


@pytest.mark.django_db(transaction=True)
def test_two_decisions_at_once_are_one(unit: Unit, squatter: Handler, staff: User) -> None:
    appeal = submitted_appeal(unit)

    def approve() -> bool:
        try:
            appeal_actions.decide_appeal(appeal=appeal, approve=True, words="演示", end_clerks=True, by=staff)
        except TransitionRefused:
            return False
        return True

    assert sorted(at_once(approve)) == [False, True]
    assert Handler.objects.supervisors().count() == 1
