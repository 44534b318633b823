"""What an account keeps: the acting unit, unit and personal data, bank accounts, messages."""

from django.contrib import messages as notices
from django.core.exceptions import ValidationError
from django.forms import ModelForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from accounts import actions, portal, sign_in_records, step_up
from accounts.consents import BANK
from accounts.forms import BankAccountForm, IndividualProfileForm, UnitProfileForm
from accounts.models import Individual, Unit
from accounts.queries import has_agreed


def safe_url(url: str, request: HttpRequest, otherwise: str) -> str:
    safe = url_has_allowed_host_and_scheme(url, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return url if url and safe else otherwise


def choose_unit(request: HttpRequest) -> HttpResponse:
    """Which unit a handler of several acts for; kept in the session."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    if request.method == "POST":
        handlers = {str(handler.unit_id): handler for handler in request.handlers}
        handler = handlers.get(request.POST.get("unit", ""))
        if handler is None:
            raise Http404
        if request.session.get(portal.UNIT_SESSION_KEY) != handler.unit_id:
            sign_in_records.rotate(request)
        request.session[portal.UNIT_SESSION_KEY] = handler.unit_id
        return redirect(safe_url(target, request, portal.HOMES[portal.UNIT]))
    context = {
        "page_title": "选择单位",
        "page_lead": "您是多个单位的经办人，请选择本次要办理业务的单位。",
        "next": target,
    }
    return render(request, "accounts/choose_unit.html", context)


def _edit(request: HttpRequest, form: ModelForm) -> dict | None:
    """The cleaned values of a posted form that is to be kept; None when the page is to be drawn (again)."""
    if request.method != "POST":
        return None
    if "region_refresh" in request.POST:  # only the next select of a region is wanted: as typed, without errors
        form.full_clean()
        form.errors.clear()
        return None
    return form.cleaned_data if form.is_valid() else None


@portal.unit_required
def unit_profile(request: HttpRequest) -> HttpResponse:
    """单位信息维护 (A8)."""
    unit: Unit = request.unit
    form = UnitProfileForm(request.POST or None, instance=Unit.objects.get(pk=unit.pk))
    values = _edit(request, form)
    if values is not None:
        try:
            saved = actions.save_unit_profile(unit=unit, values=values, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            missing = saved.missing_fields()
            notices.success(request, "单位信息已保存" + ("，资料完整" if not missing else ""))
            return redirect("accounts:unit_profile")
    context = {
        "page_title": "单位信息维护",
        "unit": unit,
        "missing": unit.missing_fields(),
        "form": form,
        "accounts": unit.bank_accounts.filter(ended_at__isnull=True).order_by("pk"),
    }
    return render(request, "accounts/unit_profile.html", context)


@portal.individual_required
def individual_profile(request: HttpRequest) -> HttpResponse:
    """就业基本信息完善 (B0)."""
    individual: Individual = request.individual
    form = IndividualProfileForm(request.POST or None, instance=Individual.objects.get(pk=individual.pk))
    values = _edit(request, form)
    if values is not None:
        try:
            actions.save_individual_profile(individual=individual, values=values, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            notices.success(request, "就业基本信息已保存")
            return redirect("accounts:individual_profile")
    context = {"page_title": "就业基本信息完善", "individual": individual, "form": form}
    return render(request, "accounts/individual_profile.html", context)


def _add_account(request: HttpRequest, owner: Unit | Individual, home: str) -> HttpResponse:
    """A bank account, with a consent of its own and with level 4 or a fresh second proof; comes back to ``next``."""
    target = safe_url(request.POST.get("next") or request.GET.get("next") or "", request, home)
    proved = step_up.suffices(request, owner)
    if request.method != "POST" and not proved:
        return redirect(step_up.confirm_url(request.get_full_path()))
    agreed = has_agreed(request.user, [BANK])
    form = BankAccountForm(request.POST or None, owner=owner, agreed=agreed)
    if request.method == "POST" and form.is_valid() and proved:
        try:
            actions.add_bank_account(account=form.instance, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            actions.agree(by=request.user, address=request.META.get("REMOTE_ADDR"), agreements=[BANK])
            notices.success(request, "银行账户已添加")
            return redirect(target)
    context = {"page_title": "添加银行账户", "form": form, "next": target, "proved": proved}
    return render(request, "accounts/bank_account.html", context)


def _end_account(request: HttpRequest, owner: Unit | Individual, pk: int, home: str) -> HttpResponse:
    """Stop using a bank account, with level 4 or a fresh second proof."""
    account = get_object_or_404(owner.bank_accounts, pk=pk)
    if not step_up.suffices(request, owner):
        return redirect(step_up.confirm_url(home))
    actions.end_bank_account(account=account, by=request.user)
    notices.success(request, "银行账户已停用")
    return redirect(home)


@sensitive_post_parameters()
@portal.unit_required
def add_unit_account(request: HttpRequest) -> HttpResponse:
    """Add a bank account of the unit."""
    return _add_account(request, request.unit, reverse("accounts:unit_profile"))


@require_POST
@portal.unit_required
def end_unit_account(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop using a bank account of the unit."""
    return _end_account(request, request.unit, pk, reverse("accounts:unit_profile"))


@portal.individual_required
def own_accounts(request: HttpRequest) -> HttpResponse:
    """银行账户 of a person."""
    accounts = request.individual.bank_accounts.filter(ended_at__isnull=True).order_by("pk")
    return render(request, "accounts/own_accounts.html", {"page_title": "银行账户", "accounts": accounts})


@sensitive_post_parameters()
@portal.individual_required
def add_own_account(request: HttpRequest) -> HttpResponse:
    """Add a bank account of the person."""
    return _add_account(request, request.individual, reverse("accounts:own_accounts"))


@require_POST
@portal.individual_required
def end_own_account(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop using a bank account of the person."""
    return _end_account(request, request.individual, pk, reverse("accounts:own_accounts"))
