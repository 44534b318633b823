"""Certificates in a real browser: printed, downloaded, verified from the file, on a phone and on a desk."""

from typing import Any

import pytest
from django.urls import reverse

from documents.jobs import produce_batch
from documents.models import DocumentBatch
from insurance.models import InsuredPerson
from tests.documents.support import make_document
from tests.factories import make_individual, make_region
from tests.insurance.support import make_enrolment, make_months
from tests.insurance.test_certificates import FIRST, enrolled, insured_handler
from tests.internship.support import set_policy
from tests.reliability.processes import session_of

pytestmark = pytest.mark.django_db(transaction=True)


def sign_in(page: Any, user: Any, address: str) -> None:
    page.context.add_cookies([{"name": "sessionid", "value": session_of(user), "url": address}])


def test_a_unit_prints_one_and_many_and_anybody_verifies(
    desktop: Any, live_server: Any, assert_accessible: Any, tmp_path: Any
) -> None:
    set_policy("certificate_validity_months", "3")
    handler, unit = insured_handler()
    person = enrolled(unit).person
    enrolled(unit)
    sign_in(desktop, handler.user, live_server.url)
    desktop.goto(reverse("certificates:unit"))
    assert_accessible(desktop)
    desktop.goto(reverse("certificates:people"))
    assert_accessible(desktop)
    desktop.get_by_role("link", name=f"打印{person.name}的参保证明").click()
    assert_accessible(desktop)
    with desktop.expect_download() as download:
        desktop.get_by_role("button", name="打印（下载PDF）").click()
    file = tmp_path / "certificate.pdf"
    download.value.save_as(file)

    desktop.goto(reverse("certificates:people"))
    desktop.get_by_label(f"选择{person.name}").check()
    desktop.get_by_role("button", name="批量打印").click()
    desktop.get_by_text("已完成 0 / 1 份").wait_for()
    assert_accessible(desktop)
    produce_batch(str(DocumentBatch.objects.get().pk))
    desktop.get_by_text("证明已生成").wait_for()

    desktop.goto(reverse("documents:verify"))
    desktop.get_by_label("证明文件").set_input_files(file)
    desktop.get_by_role("button", name="上传并核验").click()
    desktop.get_by_text("证明真实有效").wait_for()
    assert_accessible(desktop)


def test_a_person_prints_the_own_certificate_and_verifies_it_on_a_phone(
    phone: Any, live_server: Any, assert_accessible: Any
) -> None:
    set_policy("certificate_validity_months", "3")
    document = make_document()
    _, unit = insured_handler()
    individual = make_individual(name="周演示")
    person = InsuredPerson.objects.create(
        number="3699999999", name="周演示", id_no=individual.id_no, sex="1", birth_date=individual.birth_date
    )
    make_region()
    make_enrolment(unit, person)
    make_months(person, unit, str(FIRST), 30)
    sign_in(phone, individual.user, live_server.url)
    phone.goto(reverse("certificates:own"))
    assert_accessible(phone)
    with phone.expect_download():
        phone.get_by_role("button", name="打印（下载PDF）").click()
    phone.goto(reverse("documents:verify"))
    assert_accessible(phone)
    phone.get_by_label("验证码").fill(document.code)
    phone.get_by_role("button", name="核验", exact=True).click()
    phone.get_by_text("证明真实有效").wait_for()
    assert_accessible(phone)
