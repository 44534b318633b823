"""我的数据: look, copy, take consent back, close the account."""

from django.contrib import messages
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import consents, step_up
from accounts.actions import withdraw_bank_consent
from accounts.models import Consent, Individual
from accounts.portal import individual_required
from accounts.queries import has_agreed
from accounts.writing import Refused
from hall.models import DataExport
from hall.my_data import closing, copies, retention
from hall.my_data.holdings import holdings


@require_safe
@never_cache
@individual_required
def my_data(request: HttpRequest) -> HttpResponse:
    """What the hall holds about me, masked."""
    person: Individual = request.individual
    context = {
        "page_title": "我的数据",
        "holdings": holdings(person, whole=False),
        "bank_consent": has_agreed(request.user, [consents.BANK]),
        "copies": DataExport.objects.filter(user=request.user)[:5],
    }
    return render(request, "hall/my_data.html", context)


@require_POST
@individual_required
@step_up.second_proof_required(back="hall:my_data")
def export(request: HttpRequest) -> HttpResponse:
    """A copy of everything, after a second proof."""
    wanted = request.POST.get("format", "")
    if wanted not in DataExport.Format.values:
        raise Http404
    copy = copies.make_copy(request.individual, wanted)
    copies.record_copy(copy=copy, format=wanted, address=request.META.get("REMOTE_ADDR"), by=request.user)
    response = HttpResponse(copy.content, content_type=copy.content_type)
    response["Content-Disposition"] = content_disposition_header(True, copy.name)
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_http_methods(["GET", "POST"])
@individual_required
def withdraw_consent(request: HttpRequest) -> HttpResponse:
    """撤回对银行账户信息的同意, after a confirmation."""
    if not Consent.objects.filter(user=request.user, kind=consents.BANK.kind, withdrawn_at__isnull=True).exists():
        messages.info(request, "没有可以撤回的同意")
        return redirect("hall:my_data")
    if request.method == "POST":
        ended = withdraw_bank_consent(by=request.user)
        messages.success(request, f"已撤回同意{f'，{ended}个银行账户已停用' if ended else ''}")
        return redirect("hall:my_data")
    return render(request, "hall/withdraw_consent.html", {"page_title": "撤回同意", "text": consents.BANK})


@require_http_methods(["GET", "POST"])
@never_cache
@individual_required
@step_up.second_proof_required()
def close_account(request: HttpRequest) -> HttpResponse:
    """注销账号: what goes, what stays and why; a tick and a button."""
    person: Individual = request.individual
    complaint = ""
    if request.method == "POST":
        if "sure" not in request.POST:
            complaint = "请先勾选“我已了解注销的后果”"
        else:
            try:
                closing.close_account(individual=person, by=request.user)
            except Refused as refusal:
                complaint = str(refusal)
            else:
                logout(request)
                messages.success(request, "账号已注销")
                return redirect("home")
    context = {
        "page_title": "注销账号",
        "obstacles": closing.obstacles(person),
        "kept": closing.must_be_kept(person),
        "archive": retention.archive_words(),
        "complaint": complaint,
    }
    return render(request, "hall/close_account.html", context, status=422 if complaint else 200)
