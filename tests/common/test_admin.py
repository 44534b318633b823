"""Policies on the staff site: typed, kept by those whose region covers them."""

import datetime
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.test import RequestFactory

from accounts.models import StaffScope, User
from common.admin import PolicyValueAdmin, PolicyValueForm
from common.models import AuditLink, PolicyValue, Region
from tests import factories

pytestmark = pytest.mark.django_db


def keeper(region: str) -> User:
    """A staff member of a region who may change policies."""
    user = factories.make_user(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(content_type__model="policyvalue"))
    StaffScope.objects.create(user=user, region=factories.make_region(region))
    return User.objects.get(pk=user.pk)


def request_of(user: User) -> Any:
    request = RequestFactory().get("/admin/")
    request.user = user
    return request


def policy(region: str | None) -> PolicyValue:
    if region:
        factories.make_region(region)
    return PolicyValue(
        key="minimum_wage", region_id=region, value="1", valid_from=datetime.date(2026, 1, 1), source="演示"
    )


def filled(**changes: str) -> dict[str, str]:
    return {
        "key": "minimum_wage",
        "region": "140105",
        "value": "1880",
        "valid_from": "2026-01-01",
        "source": "演示文件",
    } | changes


@pytest.mark.parametrize(
    ("scope", "region", "allowed"),
    [("140000", "140105", True), ("140100", "140000", False), ("140105", "140105", True), ("140000", None, False)],
)
def test_a_policy_is_kept_by_those_whose_region_covers_it(scope: str, region: str | None, allowed: bool) -> None:
    site = PolicyValueAdmin(PolicyValue, admin.site)
    request = request_of(keeper(scope))
    assert site.has_change_permission(request, policy(region)) is allowed
    assert site.has_delete_permission(request, policy(region)) is allowed
    form = site.get_form(request)(filled(region=region or ""))
    assert ("region" not in form.errors) is allowed


def test_a_value_must_fit_its_policy() -> None:
    factories.make_region("140105")
    assert PolicyValueForm(filled()).is_valid()
    form = PolicyValueForm(filled(value="一千"))
    assert "最低工资标准应为" in str(form.errors["value"])
    overlapping = PolicyValueForm(filled())
    PolicyValueForm(filled()).save()
    assert "已有值" in str(overlapping.errors)


@pytest.mark.parametrize("model", [Region, AuditLink])
def test_regions_and_the_audit_chain_are_read_only(model: Any) -> None:
    user = factories.make_user(is_staff=True, is_superuser=True)
    site = admin.site._registry[model]
    request = request_of(user)
    assert not site.has_add_permission(request)
    assert not site.has_change_permission(request)
    assert not site.has_delete_permission(request)
