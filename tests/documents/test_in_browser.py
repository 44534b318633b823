"""Certificates in a real browser: a unit prints one and many, and anybody verifies the file."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from documents.jobs import produce_batch
from documents.models import DocumentBatch
from tests.insurance.test_certificates import enrolled, insured_handler
from tests.internship.support import set_policy
from tests.reliability.processes import session_of

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_unit_prints_one_and_many_and_anybody_verifies(
    desktop: Any, phone: Any, live_server: Any, assert_accessible: Any, tmp_path: Path
) -> None:
    set_policy("certificate_validity_months", "3")
    handler, unit = insured_handler()
    person = enrolled(unit).person
    desktop.context.add_cookies([{"name": "sessionid", "value": session_of(handler.user), "url": live_server.url}])
    desktop.goto(reverse("certificates:people"))
    desktop.get_by_role("link", name=re.compile(rf"打印\s*{person.name}的参保证明")).click()
    with desktop.expect_download() as download:
        desktop.get_by_role("button", name="打印（下载PDF）").click()
    file = tmp_path / "certificate.pdf"
    download.value.save_as(file)

    desktop.goto(reverse("certificates:people"))
    desktop.get_by_label(f"选择{person.name}").check()
    desktop.get_by_role("button", name="批量打印").click()
    desktop.get_by_text("已完成 0 / 1 份").wait_for()
    produce_batch(str(DocumentBatch.objects.get().pk))
    desktop.get_by_text("证明已生成").wait_for()  # the page asks by itself

    phone.goto(reverse("documents:verify"))
    phone.get_by_label("证明文件").set_input_files(file)
    phone.get_by_role("button", name="上传并核验").click()
    phone.get_by_text("证明真实有效").wait_for()
    assert_accessible(phone)
    file.write_bytes(file.read_bytes() + b"\n%x\n")
    phone.get_by_label("证明文件").set_input_files(file)
    phone.get_by_role("button", name="上传并核验").click()
    phone.get_by_text("文件被改动过").wait_for()
