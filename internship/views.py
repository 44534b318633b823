"""The unit's own page on its qualification (就业见习单位资格), with the yearly confirmation."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Unit
from accounts.portal import unit_required
from common import identifiers, regions
from common.transitions import TransitionRefused
from internship import actions, queries, rules
from internship.models import InternshipUnit
from review.models import EDITABLE, Case

_CRUMBS = [
    {"title": "首页", "url": "/"},
    {"title": "法人办事", "url": "/unit/"},
]


def _crumbs(*titles: str) -> list[dict[str, str]]:
    return [*_CRUMBS, *({"title": title, "url": ""} for title in titles)]


@unit_required
@require_safe
def unit_status(request: HttpRequest) -> HttpResponse:
    """Whether the unit is an internship unit, what it may do, and what it has to do for that."""
    unit: Unit = request.unit  # type: ignore[attr-defined]
    qualified = queries.internship_unit_of(unit)
    case = queries.latest_case(unit, queries.UNIT_MATTER)
    context = {
        "notice": _notice(unit, qualified, case),
        "facts": _facts(qualified) if qualified else [],
        "confirmation": _confirmation(qualified) if qualified else None,
        "case": case,
        "apply_url": reverse("review:start", kwargs={"portal": "unit", "matter": queries.UNIT_MATTER}),
        "may_apply": (qualified is None or qualified.state == InternshipUnit.State.REVOKED) and _may_start(case),
        "page_title": "就业见习单位资格",
        "crumbs": _crumbs("就业见习单位资格"),
    }
    return render(request, "internship/unit_status.html", context)


def _may_start(case: Case | None) -> bool:
    """No application is on its way."""
    return case is None or case.exclusive_key is None


def _banner(tone: str, title: str, text: str, url: str = "", action: str = "") -> dict[str, str]:
    return {"tone": tone, "title": title, "text": text, "url": url, "action": action}


def _notice(unit: Unit, qualified: InternshipUnit | None, case: Case | None) -> dict[str, str]:
    """The state in one banner: what it means and the next thing to do."""
    if qualified and qualified.state != InternshipUnit.State.REVOKED:
        return _notice_qualified(qualified)
    if case is not None and case.exclusive_key is not None:
        words = "请继续填写并提交。" if case.status in EDITABLE else "审核通过后方可办理其他见习业务。"
        url = reverse("review:case", kwargs={"portal": "unit", "number": case.number})
        title = f"就业见习单位申请：{case.get_status_display()}"
        return _banner("info", title, f"办件编号{case.number}。{words}", url, "查看办件")
    if qualified:
        text = "见习岗位已关闭，正在进行的见习可以继续完成。如需恢复，请重新申请。"
        return _banner("danger", "就业见习单位资格已撤销", text)
    title = "本单位还不是就业见习单位"
    if not unit.is_complete:
        text = "单位信息不完整，请先维护单位信息，再申请就业见习单位。"
        return _banner("warning", title, text, reverse("accounts:unit_profile"), "维护单位信息")
    return _banner("info", title, f"{rules.NOT_QUALIFIED}岗位、人员和补贴业务。")


def _notice_qualified(qualified: InternshipUnit) -> dict[str, str]:
    if qualified.state == InternshipUnit.State.SUSPENDED:
        reason = qualified.suspension_reason
        text = f"原因：{reason}。已有的见习人员不受影响，整改后请联系业务办理归属地人社部门恢复。"
        return _banner("warning", "已被暂停新增见习岗位", text)
    if rules.confirmation_overdue(qualified, timezone.localdate()):
        title = "未按期完成年度信息确认，已暂停新增见习岗位"
        return _banner("warning", title, "请核对单位信息后在下方确认，确认后即可恢复。")
    return _banner("success", "本单位是就业见习单位", "可以发布见习岗位、上报见习人员。")


def _facts(qualified: InternshipUnit) -> list[dict[str, str]]:
    account = qualified.bank_account
    facts = [
        ("状态", qualified.get_state_display()),
        ("认定日期", f"{timezone.localdate(qualified.qualified_at):%Y年%-m月%-d日}"),
        ("业务办理归属地", regions.handling_path_name(qualified.handling_region_id)),
        ("补贴收款账户", f"{account.bank} {identifiers.mask_account(account.account_no)}"),
        ("最近确认日期", f"{qualified.confirmed_on:%Y年%-m月%-d日}"),
    ]
    return [{"label": label, "value": value} for label, value in facts]


def _confirmation(qualified: InternshipUnit) -> dict[str, Any] | None:
    """The yearly confirmation, where a policy asks for it; ``open`` while it is to be given."""
    today = timezone.localdate()
    deadline = rules.confirmation_deadline(qualified.handling_region_id, today.year)
    if deadline is None or qualified.state == InternshipUnit.State.REVOKED:
        return None
    return {
        "year": today.year,
        "deadline": deadline,
        "open": rules.needs_confirmation(qualified, today),
        "overdue": rules.confirmation_overdue(qualified, today),
    }


@unit_required
@require_http_methods(["GET", "POST"])
def confirm_data(request: HttpRequest) -> HttpResponse:
    """年度确认: the question (without a dialog) and the answer."""
    qualified = queries.qualified_unit(request.unit)  # type: ignore[attr-defined]
    if qualified is None:
        messages.error(request, rules.NOT_QUALIFIED)
        return HttpResponseRedirect(reverse("internship:unit_status"))
    if request.method == "POST":
        try:
            actions.confirm_unit_data(internship_unit=qualified, by=request.user)  # type: ignore[arg-type]
            messages.success(request, "已确认，本年度无需再次确认")
        except TransitionRefused as refused:
            messages.error(request, str(refused))
        return HttpResponseRedirect(reverse("internship:unit_status"))
    context = {
        "text": "请先核对单位中心的单位信息，确认与实际情况一致。",
        "confirm_label": "确认信息无误",
        "back_url": reverse("internship:unit_status"),
        "page_title": "年度信息确认",
        "crumbs": _crumbs("就业见习单位资格", "年度信息确认"),
    }
    return render(request, "review/confirm.html", context)
