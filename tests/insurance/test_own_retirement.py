"""我的退休测算: from what the hall holds, for a verified person only."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Individual
from tests.factories import make_individual
from tests.insurance import claims

pytestmark = pytest.mark.django_db


def page_of(individual: Individual, **query: str) -> str:
    client = Client()
    client.force_login(individual.user)
    response = client.get(reverse("pension:own"), query)
    assert response.status_code == 200
    return response.content.decode()


def somebody(**fields: Any) -> tuple[claims.Claimant, Individual]:
    claimant = claims.make_claimant(**fields)
    return claimant, make_individual(id_no=claimant.person.id_no)


def test_a_person_sees_the_date_and_what_is_missing_for_an_amount() -> None:
    claimant, individual = somebody()
    page = page_of(individual)
    assert f"{claims.statutory_month(claimant.person).chinese}退休" in page
    assert "核心系统尚未提供个人账户储存额、职业年金储存额" in page
    assert "计算过程" in page


def test_with_balances_the_estimate_names_what_the_province_lacks() -> None:
    claimant, individual = somebody()
    claimant.person.account_balance = claimant.person.annuity_balance = 50000
    claimant.person.save()
    page = page_of(individual)
    assert "月养老金待遇：待配置" in page
    assert "<li>过渡系数</li>" in page


def test_a_woman_may_look_at_both_groups() -> None:
    _, individual = somebody(sex="2")
    assert "原55周岁退休的女职工（当前）" in page_of(individual)
    assert "原50周岁退休的女职工（当前）" in page_of(individual, group="female50")
    assert "原55周岁退休的女职工（当前）" in page_of(individual, group="male")


def test_below_level_three_nothing_is_shown() -> None:
    claimant, individual = somebody()
    Individual.objects.filter(pk=individual.pk).update(level=2)
    assert claims.statutory_month(claimant.person).chinese not in page_of(individual)


def test_who_is_not_insured_is_told_so() -> None:
    assert "退休" in page_of(make_individual())
