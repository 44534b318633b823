"""The pages of publicity and payment: what the public sees and sends, what staff see and do, what the unit corrects."""

import io
import re
import uuid
from typing import Any

import pytest
from django.core.cache import cache
from openpyxl import load_workbook

from accounts.roles import sync_roles
from common.sheets import exports
from reporting import bank_file, disbursement, ledger
from reporting.models import BatchExport, DisbursementBatch, Publicity, PublicityObjection
from tests.factories import OTHER_COUNTY, make_staff
from tests.reporting.claims_support import make_claiming
from tests.reporting.payments_support import (
    end_period,
    finance,
    make_approved_claim,
    make_batch,
    make_cleared,
    make_sent,
    maker,
    objected,
    result,
    settle,
    states,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _roles() -> None:
    sync_roles()
    cache.clear()  # the limits of an address


def html(answer: Any) -> str:
    return str(answer.content.decode())


# --- Public --------------------------------------------------------------------------------------


def test_everybody_reads_masked_names_unit_months_amounts_and_telephone(client):
    case = make_approved_claim()
    found = Publicity.objects.get(case=case)
    listed = html(client.get("/notices/publicity/"))
    assert case.unit.name in listed
    assert "5,640.00元" in listed
    page = html(client.get(f"/notices/publicity/{found.pk}/"))
    assert "赵**" in page
    assert "1,880.00元" in page
    assert "12333" in page
    placement = found.entries.first().placement
    assert placement.name not in page
    assert placement.id_no not in page
    assert placement.id_no[-4:] not in page


def test_after_the_period_the_people_are_gone_and_the_form_is_closed_with_words(client):
    case = make_approved_claim()
    found = end_period(case)
    page = html(client.get(f"/notices/publicity/{found.pk}/"))
    assert "赵**" not in page
    assert "公示已经结束" in page
    answer = client.post(f"/notices/publicity/{found.pk}/objection/", {}, follow=True)
    assert "不再受理异议" in html(answer)
    assert not PublicityObjection.objects.exists()


def typed(**values: Any) -> dict[str, Any]:
    return {
        "key": str(uuid.uuid4()),
        "entries": ["1"],
        "reason": "该人员当月未在岗（演示）",
        "name": "路人演示",
        "contact": "13900000001",
    } | values


def test_anybody_objects_and_gets_a_receipt_that_tells_nothing_of_him(client):
    case = make_approved_claim()
    url = f"/notices/publicity/{Publicity.objects.get(case=case).pk}/objection/"
    assert "1. 赵**" in html(client.get(url))
    form = typed()
    answer = client.post(url, form)
    assert answer.status_code == 302
    again = client.post(url, form)
    assert again["Location"] == answer["Location"]
    page = client.get(answer["Location"])
    assert "异议已收到" in html(page)
    assert page["X-Robots-Tag"] == "noindex"
    for secret in ("路人演示", "13900000001", "未在岗"):
        assert secret not in html(page)
    assert states(case) == {"frozen": 1, "public": 2}


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"entries": []}, "请勾选有异议的人员和月份"),
        ({"entries": ["99"]}, "没有所选条目"),
        ({"entries": ["1 OR 1=1"]}, "没有所选条目"),
        ({"reason": "无"}, "至少5个字"),
        ({"reason": "长" * 501}, "500"),
        ({"contact": "1"}, "能联系到您"),
        ({"name": ""}, "必填"),
    ],
)
def test_what_is_wrong_is_told_at_its_place_and_nothing_typed_is_lost(client, values, words):
    case = make_approved_claim()
    url = f"/notices/publicity/{Publicity.objects.get(case=case).pk}/objection/"
    answer = client.post(url, typed(**values))
    assert answer.status_code == 422
    assert words in html(answer)
    if "contact" not in values:
        assert "13900000001" in html(answer)
    assert not PublicityObjection.objects.exists()


def test_a_flood_from_one_address_is_stopped(client, settings):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "object_to_publicity": "1/h/ip"}
    case = make_approved_claim()
    url = f"/notices/publicity/{Publicity.objects.get(case=case).pk}/objection/"
    assert client.post(url, typed()).status_code == 302
    answer = client.post(url, typed(entries=["2"]))
    assert answer.status_code == 429
    assert "过于频繁" in html(answer)


def test_a_receipt_is_not_guessed_and_a_withdrawn_publicity_is_gone(client):
    case = make_approved_claim()
    found = Publicity.objects.get(case=case)
    assert client.get("/notices/objections/YY20260101AAAAAAAA/").status_code == 404
    from reporting import publicity

    publicity.withdraw_publicity(case=case, reason="演示", by=maker())
    assert client.get(f"/notices/publicity/{found.pk}/").status_code == 404
    assert client.get(f"/notices/publicity/{found.pk}/objection/").status_code == 404


# --- Staff ---------------------------------------------------------------------------------------


def test_the_preview_shows_units_sums_and_what_is_left_out_and_makes_the_batch(client):
    case = make_approved_claim(people=2)
    objected(case, 1)
    end_period(case)
    client.force_login(maker())
    page = html(client.get("/admin/reporting/disbursementbatch/make/"))
    assert case.unit.name in page
    assert "9,400.00元" in page
    assert "有异议，已冻结" in page
    seen = re.search(r'name="seen" value="(\w+)"', page)[1]
    form = {"region": "140105", "year": "2026", "quarter": "1", "case": [str(case.pk)], "seen": seen}
    year = re.search(r'name="year" value="(\d+)"', page)[1]
    answer = client.post("/admin/reporting/disbursementbatch/make/", form | {"year": year})
    batch = DisbursementBatch.objects.get()
    assert answer["Location"] == f"/admin/reporting/disbursementbatch/{batch.pk}/batch/"
    # Double click, or a stale page.
    again = client.post("/admin/reporting/disbursementbatch/make/", form | {"year": year})
    assert again.status_code == 422
    assert "已经变化" in html(again)


def test_each_page_asks_for_its_role_and_region(client):
    make_cleared()
    batch = make_batch(maker())
    base = f"/admin/reporting/disbursementbatch/{batch.pk}"
    client.force_login(make_staff("first"))
    assert client.get(f"{base}/batch/").status_code == 200
    assert client.get(f"{base}/review/").status_code == 403
    assert client.post(f"{base}/export/", {"kind": "txt"}).status_code == 403
    assert client.get("/admin/reporting/disbursementbatch/make/").status_code == 403
    client.force_login(make_staff("business", OTHER_COUNTY))
    assert client.get(f"{base}/batch/").status_code == 404
    assert client.post(f"{base}/export/", {"kind": "txt"}).status_code == 404
    client.force_login(make_staff("system"))
    assert client.get(f"{base}/batch/").status_code == 403
    assert not BatchExport.objects.exists()


def test_finance_reviews_then_business_exports_and_imports(client):
    make_cleared()
    by, reviewer = maker(), finance()
    batch = make_batch(by)
    base = f"/admin/reporting/disbursementbatch/{batch.pk}"
    client.force_login(reviewer)
    assert "财政复核" in html(client.get(f"{base}/batch/"))
    assert client.post(f"{base}/review/", {"action": "reject", "reason": ""}).status_code == 422
    assert client.post(f"{base}/review/", {"action": "approve", "reason": ""}).status_code == 302
    client.force_login(by)
    answer = client.post(f"{base}/export/", {"kind": "txt"})
    assert answer["Content-Type"] == "text/plain; charset=gb18030"
    assert answer.content.startswith(b"H" + batch.number.encode())
    template = load_workbook(io.BytesIO(client.get(f"{base}/template/").content)).active
    assert [cell.value for cell in template[2]][:2] == [f"{batch.number}-0001", 5640]
    payment = batch.payments.get()
    assert upload(client, base, [result(payment, number="BF0")]).status_code == 422
    answer = upload(client, base, [result(payment, amount=1)])
    assert "第2行“金额（元）”与送银行的金额5640.00元不一致" in html(answer)
    answer = upload(client, base, [result(payment), result(payment)])
    assert "重复" in html(answer)
    assert batch.payments.get().state == "sent"
    data = exports.export(bank_file.RESULTS, [result(payment)])
    for words in ("已导入1笔结果", "已经导入，没有变化"):
        answer = client.post(f"{base}/results/", {"file": io_file(data)}, follow=True)
        assert words in html(answer)
    assert ledger.differences() == []


def io_file(data: bytes) -> io.BytesIO:
    file = io.BytesIO(data)
    file.name = "回盘.xlsx"
    return file


def upload(client: Any, base: str, rows: list[dict[str, Any]]) -> Any:
    return client.post(f"{base}/results/", {"file": io_file(exports.export(bank_file.RESULTS, rows))})


def test_a_file_that_is_no_workbook_is_refused_with_words(client):
    batch, by = make_sent()
    client.force_login(by)
    answer = client.post(f"/admin/reporting/disbursementbatch/{batch.pk}/results/", {"file": io_file(b"MZ\x90")})
    assert answer.status_code == 422
    assert "error-summary" in html(answer)
    assert client.post(f"/admin/reporting/disbursementbatch/{batch.pk}/results/").status_code == 422


def test_who_objected_is_shown_to_those_who_decide_only(client):
    objection = objected(make_approved_claim())
    url = f"/admin/reporting/publicityobjection/{objection.pk}/change/"
    client.force_login(make_staff("first"))
    assert "13900000001" not in html(client.get(url))
    client.force_login(maker())
    assert "13900000001" in html(client.get(url))
    decide = f"/admin/reporting/publicityobjection/{objection.pk}/decide/"
    assert client.post(decide, {"upheld": "yes", "decision": ""}).status_code == 422
    assert client.post(decide, {"upheld": "no", "decision": "已核实（演示）"}).status_code == 302
    # A stale page.
    assert client.post(decide, {"upheld": "yes", "decision": "已核实（演示）"}).status_code == 422
    objection.refresh_from_db()
    assert objection.state == "dismissed"


def test_figures_keep_to_the_own_region_and_come_as_chart_table_and_workbook(client):
    batch, by = make_sent()
    settle(batch, by)
    client.force_login(by)
    page = html(client.get("/admin/reporting/disbursementbatch/figures/"))
    assert page.count('<svg class="chart"') == 4
    assert page.count("5,640.00") >= 8
    book = load_workbook(io.BytesIO(client.get("/admin/reporting/disbursementbatch/figures/?format=xlsx").content))
    assert [row[4] for row in book.active.values][1:] == [5640] * 4
    for query in ("kind=mentoring", "first=2099-01", "last=2001-01"):
        assert '<svg class="chart"' not in html(client.get(f"/admin/reporting/disbursementbatch/figures/?{query}"))
    assert "请按年-月填写" in html(client.get("/admin/reporting/disbursementbatch/figures/?first=x"))
    client.force_login(make_staff("business", OTHER_COUNTY))
    assert "5,640.00" not in html(client.get("/admin/reporting/disbursementbatch/figures/"))


# --- The unit ------------------------------------------------------------------------------------


def test_the_unit_corrects_the_account_after_a_failure_with_a_second_proof(client, monkeypatch):
    from accounts import step_up

    batch, by = make_sent()
    settle(batch, by, paid=False)
    payment = batch.payments.get()
    handler = payment.unit.handlers.get()
    client.force_login(handler.user)
    url = f"/unit/subsidies/{payment.case.number}/payment/"
    page = html(client.get(url))
    assert "账号户名不符" in page
    assert payment.account_no not in page
    assert client.post(url, {"account": payment.account_id})["Location"].startswith(step_up.confirm_url("")[:10])
    assert not disbursement.payees([payment.case_id])[1]
    monkeypatch.setattr(step_up, "suffices", lambda *_: True)
    assert client.post(url, {"account": payment.account_id}).status_code == 302
    assert disbursement.payees([payment.case_id])[1]
    client.force_login(make_claiming().user)
    assert client.get(url).status_code == 404


def test_the_list_of_claims_asks_no_more_for_many(client, django_assert_max_num_queries):
    case = make_approved_claim()
    client.force_login(case.unit.handlers.get().user)
    with django_assert_max_num_queries(20):
        assert "拨付情况" in html(client.get("/unit/living-subsidies/"))
    assert "公示中至" in html(client.get(f"/unit/cases/{case.number}/"))
