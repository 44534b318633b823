"""Every registered admin, opened by every staff group; cases are read-only and stay within the regions."""

from datetime import timedelta

import pytest
from django.contrib import admin
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from accounts.roles import ROLE_GROUPS
from common import workdays
from review import actions, matters, workflow
from review.models import CaseRating, ClearTextView, ReasonTemplate, ReviewStep
from tests.factories import CITY, COUNTY, OTHER_COUNTY, PROVINCE, make_staff
from tests.review.staff.samples import make_submitted, offices

pytestmark = pytest.mark.django_db
LIST = "/admin/review/case/"


def rated(level: int = 1):
    """A decided case and its rating."""
    first, _ = offices()
    case = workflow.perform(make_submitted(), "reject", by=first, reason="不符合")
    return actions.rate(case, level, "等了很久", by=case.acting_user)


@pytest.mark.parametrize("role", ROLE_GROUPS)
def test_every_admin_opens_or_refuses_but_never_fails(role, signed_in):
    rated()
    client = signed_in(make_staff(role, PROVINCE))
    opened = 0
    for model, model_admin in admin.site._registry.items():
        name = f"{model._meta.app_label}_{model._meta.model_name}"
        listed = client.get(reverse(f"admin:{name}_changelist"))
        assert listed.status_code in (200, 403), name
        opened += listed.status_code == 200
        added = client.get(reverse(f"admin:{name}_add"))
        assert added.status_code in (200, 403), name
        row = model._default_manager.order_by("pk").first()
        if row is not None:
            changed = client.get(reverse(f"admin:{name}_change", args=[row.pk]))
            assert changed.status_code in (200, 302, 403), name
            if listed.status_code == 403:
                assert changed.status_code == 403, name
        if listed.status_code == 200 and model_admin.search_fields:
            assert client.get(reverse(f"admin:{name}_changelist"), {"q": "演示"}).status_code == 200, name
    assert opened, f"{role} has nothing to work with"
    assert client.get("/admin/").status_code == 200


@pytest.mark.parametrize(
    ("role", "region", "sees"),
    [
        ("first", COUNTY, True),
        ("first", OTHER_COUNTY, False),
        ("second", CITY, True),
        ("audit", PROVINCE, True),
        ("audit", "220000", False),
    ],
)
def test_rows_of_other_regions_do_not_exist(role, region, sees, signed_in):
    rating = rated()
    ClearTextView.objects.create(case=rating.case, page="bank", field="account_no", viewed_by=rating.rated_by)
    client = signed_in(make_staff(role, region))
    for address in (LIST, "/admin/review/caserating/"):
        assert (rating.case.number in client.get(address).content.decode()) is sees
    answer = client.get(f"/admin/review/case/{rating.case.pk}/change/")
    assert answer.status_code == (302 if sees else 404)
    if role == "audit":
        for address in ("timelineentry", "cleartextview"):
            html = client.get(f"/admin/review/{address}/").content.decode()
            assert (rating.case.number in html) is sees


def test_only_audit_reads_the_trail(signed_in):
    rated()
    for role in ROLE_GROUPS:
        client = signed_in(make_staff(role, PROVINCE))
        expected = 200 if role == "audit" else 403
        assert client.get("/admin/review/timelineentry/").status_code == expected, role
        assert client.get("/admin/review/cleartextview/").status_code == expected, role


def test_cases_are_never_added_changed_or_deleted_here(signed_in):
    case = make_submitted()
    client = signed_in(make_staff("business", PROVINCE))
    assert client.get(f"{LIST}add/").status_code == 403
    assert client.post(f"{LIST}{case.pk}/delete/", {"post": "yes"}).status_code == 403
    opened = client.post(f"{LIST}{case.pk}/change/", {"status": "approved"})
    assert opened.url == f"{LIST}{case.number}/review/"
    case.refresh_from_db()
    assert case.status == "submitted"


def test_search_by_number_name_and_whole_code(signed_in):
    one, other = make_submitted(), make_submitted()
    client = signed_in(make_staff("first"))
    for words in (one.number, one.number[:-1], one.unit.name, one.unit.uscc, one.unit.uscc.lower(), "王联系"):
        assert one.number in client.get(LIST, {"q": words}).content.decode(), words
    assert other.number not in client.get(LIST, {"q": one.unit.uscc}).content.decode()
    assert one.number not in client.get(LIST, {"q": "没有"}).content.decode()


def test_a_person_is_found_by_the_whole_id_number_only(signed_in):
    case = make_submitted()
    case.subject_id_no = "140105199003070016"
    case.save()
    client = signed_in(make_staff("first"))
    assert case.number in client.get(LIST, {"q": "140105199003070016"}).content.decode()
    assert case.number not in client.get(LIST, {"q": "14010519900307"}).content.decode()


def test_filters_by_matter_status_region_reviewer_and_date(signed_in):
    here, there = make_submitted(COUNTY), make_submitted(OTHER_COUNTY)
    reviewer = make_staff("first")
    workflow.perform(here, "accept", by=reviewer)
    client = signed_in(make_staff("second", CITY))
    for query, found in {
        "matter=sample": {here, there},
        "status__exact=in_review": {here},
        f"region={OTHER_COUNTY}": {there},
        f"region={CITY}": {here, there},
        f"reviewer={reviewer.pk}": {here},
        "reviewer=x&region=x": {here, there},
    }.items():
        html = client.get(f"{LIST}?{query}").content.decode()
        assert {case for case in (here, there) if case.number in html} == found, query


def test_columns_are_sortable(signed_in):
    make_submitted()
    client = signed_in(make_staff("first"))
    for column in range(1, 10):
        assert client.get(f"{LIST}?o={column}").status_code == 200


def test_the_list_costs_the_same_for_more_rows(signed_in, assert_same_queries_for_more_rows):
    client = signed_in(make_staff("first"))
    assert assert_same_queries_for_more_rows(make_submitted, lambda: client.get(LIST)) <= 12


# --- 好差评 --------------------------------------------------------------------------------------


def test_a_low_rating_is_followed_up_once(signed_in):
    rating = rated()
    client = signed_in(make_staff("business", COUNTY))
    assert "差评待回访" in client.get("/admin/").content.decode()
    page = client.get("/admin/review/caserating/?follow_up=open").content.decode()
    assert f"{workdays.add_working_days(timezone.localdate(), 15):%Y-%m-%d}" in page
    address = f"/admin/review/caserating/{rating.pk}/handle/"
    assert client.post(address, {"handling": " "}).status_code == 422
    assert client.post(address, {"handling": "已电话回访，致歉并说明"}).status_code == 302
    rating.refresh_from_db()
    assert rating.handled_at
    assert rating.handling == "已电话回访，致歉并说明"
    still_open = client.get("/admin/review/caserating/?follow_up=open").context["cl"].queryset
    assert rating not in still_open


def test_an_overdue_follow_up_is_marked(signed_in):
    rating = rated()
    CaseRating.objects.update(rated_at=timezone.now() - timedelta(days=60))
    html = signed_in(make_staff("business", COUNTY)).get("/admin/review/caserating/").content.decode()
    assert "（已逾期）" in html
    assert rating.comment in html


def test_reviewers_look_at_ratings_but_do_not_handle_them(signed_in):
    rating = rated()
    client = signed_in(make_staff("first"))
    assert client.get(f"/admin/review/caserating/{rating.pk}/change/").status_code == 200
    assert client.get(f"/admin/review/caserating/{rating.pk}/handle/").status_code == 403
    elsewhere = signed_in(make_staff("business", OTHER_COUNTY))
    assert elsewhere.get(f"/admin/review/caserating/{rating.pk}/handle/").status_code == 404


# --- Set-up ---------------------------------------------------------------------------------------


def test_business_staff_edit_steps_and_reasons(signed_in):
    client = signed_in(make_staff("business"))
    step = {"matter": "sample", "order": "3", "role": "finance", "level": "province", "days": "4"}
    assert client.post("/admin/review/reviewstep/add/", step).status_code == 302
    assert ReviewStep.objects.filter(matter="sample", order=3, role="finance").exists()
    assert client.post("/admin/review/reviewstep/add/", {**step, "matter": "unknown"}).status_code == 200
    reason = {"matter": "", "transition": "return", "title": "照片模糊", "text": "请重新拍照"}
    assert client.post("/admin/review/reasontemplate/add/", reason).status_code == 302
    assert ReasonTemplate.objects.get(title="照片模糊").matter == ""


def test_default_steps_and_reasons_are_loaded_once_and_edits_stay(sample_matter):
    call_command("load_review_steps", verbosity=0)
    steps = ReviewStep.objects.filter(matter="sample").order_by("order")
    assert [(s.role, s.level, s.days) for s in steps] == [(s.role, s.level, s.days) for s in sample_matter.steps]
    steps.filter(order=1).update(days=9)
    ReasonTemplate.objects.filter(title="号码有误").delete()
    before = ReviewStep.objects.count(), ReasonTemplate.objects.count()
    call_command("load_review_steps", verbosity=0)
    assert (ReviewStep.objects.count(), ReasonTemplate.objects.count()) == before
    assert steps.get(order=1).days == 9
    assert set(ReviewStep.objects.values_list("matter", flat=True)) <= {m.code for m in matters.all_matters()}
