"""A violated constraint is told by the sentence declared on the model."""

import datetime

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction

from common import constraints
from common.models import FilePage, PolicyValue, Region, StoredFile
from tests import factories

pytestmark = pytest.mark.django_db


def violation(write) -> IntegrityError:
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        write()
    return caught.value


def test_a_check_a_unique_constraint_and_a_unique_column_are_explained() -> None:
    day = datetime.date(2026, 3, 2)
    check = violation(lambda: PolicyValue.objects.create(key="k", value="1", valid_from=day, source=""))
    assert constraints.explain(check) == "请填写依据文件"
    stored = StoredFile.objects.create(
        storage_key="a", original_name="a.pdf", kind="pdf", content_type="application/pdf", size=1, sha256="0" * 64
    )
    FilePage.objects.create(file=stored, number=1, storage_key="p1", width=1, height=1)
    twice = violation(lambda: FilePage.objects.create(file=stored, number=1, storage_key="p2", width=1, height=1))
    assert constraints.explain(twice) == "该页已有图像"
    assert constraints.unique_violation(twice, "file_page_once")
    assert not constraints.unique_violation(twice, "another")
    user = factories.make_user()
    same = violation(lambda: factories.make_user(user.username))
    assert constraints.explain(same) == "“账号”已存在，不能重复"


def test_a_validation_error_keeps_its_own_words() -> None:
    assert constraints.explain(ValidationError(["一", "二"])) == "一；二"


def test_an_error_nobody_wrote_a_sentence_for_is_not_hidden() -> None:
    error = violation(lambda: Region.objects.create(code="140000", name=None, level="province"))
    assert constraints.explain(error) is None
    assert constraints.explain(IntegrityError("no diagnostics")) is None


def hall_constraints() -> list[models.BaseConstraint]:
    hall = [app.label for app in apps.get_app_configs() if not app.name.startswith(("django.", "allauth"))]
    return [
        constraint
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in hall and not model._meta.app_label.startswith(("pg", "procrastinate"))
        for constraint in model._meta.constraints
    ]


@pytest.mark.parametrize("constraint", hall_constraints(), ids=lambda constraint: constraint.name)
def test_every_constraint_has_a_chinese_sentence(constraint: models.BaseConstraint) -> None:
    assert any("一" <= char <= "鿿" for char in str(constraint.violation_error_message))
