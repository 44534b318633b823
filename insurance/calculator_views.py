"""退休年龄计算器 and 养老金测算 for anybody: pure reckoning, addressable, nothing is stored."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from insurance import figures
from insurance.calculator_forms import EstimateForm, RetirementForm
from insurance.months import Month, age_text, duration_text
from insurance.pension import DISCLAIMER
from insurance.pension_transition import compare
from insurance.retirement import (
    Group,
    Line,
    RetirementRules,
    early_months,
    flexible_window,
    min_contribution_months,
    statutory,
    working,
)


@dataclass(frozen=True)
class RetirementResult:
    """When somebody retires, in words, with the working."""

    month: str
    age: str
    window: str
    minimum: str
    early: tuple[str, ...] | None
    notices: tuple[str, ...]
    lines: tuple[Line, ...]
    estimate_url: str


@login_not_required
@require_safe
def retirement(request: HttpRequest) -> HttpResponse:
    """退休年龄计算器."""
    asked = "birth" in request.GET
    form = RetirementForm(request.GET if asked else None, label_suffix="")
    rules = figures.retirement_rules("", timezone.localdate())
    result = describe(form.cleaned_data, rules) if asked and form.is_valid() else None
    context = {
        "form": form,
        "result": result,
        "disclaimer": DISCLAIMER,
        "page_title": "退休年龄计算器",
        "page_lead": "按渐进式延迟法定退休年龄的规定，逐步列出法定退休时间、弹性退休区间和最低缴费年限。",
        "crumbs": _crumbs("退休年龄计算器"),
    }
    return render(request, "insurance/retirement.html", context)


def describe(data: dict[str, Any], rules: RetirementRules) -> RetirementResult:
    """The answer to what was asked on a valid RetirementForm."""
    person = statutory(Group(data["group"]), data["birth"], rules)
    window = flexible_window(person, rules, official=data["official"])
    open_window = window.earliest < window.latest
    early = None
    if data["contributed"] is not None:
        as_of = Month.of(timezone.localdate())
        early = tuple(month.chinese for month in early_months(person, data["contributed"], as_of, rules))
    return RetirementResult(
        month=person.month.chinese,
        age=age_text(person.age_months),
        window=f"{window.earliest.chinese}至{window.latest.chinese}" if open_window else "按时退休，不适用弹性退休",
        minimum=duration_text(min_contribution_months(person.month.year, rules)),
        early=early if window.earliest < person.month else None,
        notices=_notices(rules) if open_window else (),
        lines=working(person, rules, official=data["official"]),
        estimate_url=_estimate_url(data["birth"], person.month),
    )


def _notices(rules: RetirementRules) -> tuple[str, ...]:
    flexible = rules.flexible
    return (
        f"弹性提前退休：至少在选定的退休时间前{flexible.early_notice_months}个月书面告知所在单位，并达到最低缴费年限。",
        f"弹性延迟退休：与所在单位协商一致，至少提前{flexible.late_notice_months}个月书面约定，延迟期间可以协商终止。",
    )


def _estimate_url(birth: Month, month: Month) -> str:
    query = urlencode({"birth": str(birth), "retirement": str(month)})
    return f"{reverse('pension:estimate')}?{query}"


@login_not_required
@require_safe
def estimate(request: HttpRequest) -> HttpResponse:
    """养老金测算: the new method, and for who retired in the ten years of transition the old one beside it."""
    asked = "paid_months" in request.GET
    form = EstimateForm(request.GET if asked else None, initial=request.GET.dict(), label_suffix="")
    comparison = None
    if asked and form.is_valid():
        data = form.cleaned_data
        comparison = compare(form.claimant, form.parameters(), figures.old_parameters(data["region"], data["rank"]))
    context = {
        "form": form,
        "comparison": comparison,
        "disclaimer": DISCLAIMER,
        "page_title": "养老金测算",
        "page_lead": "适用于机关事业单位基本养老保险。填写的内容只用于本次测算，不会保存。",
        "crumbs": _crumbs("养老金测算"),
    }
    return render(request, "insurance/estimate.html", context)


def _crumbs(title: str) -> list[dict[str, str]]:
    return [{"title": "首页", "url": "/"}, {"title": title, "url": ""}]
