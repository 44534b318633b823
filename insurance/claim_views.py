"""选择人员 of 养老金申领 and 弹性退休, and the printed forms of a claim."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts import step_up
from accounts.models import Unit
from accounts.portal import unit_required
from common.formfields import DateInput
from insurance import claim_actions, claim_rules, flexible_actions, queries
from insurance.claim_rules import ClaimRefused
from insurance.dossier import Dossier, open_dossier, search_people
from insurance.models import CLAIM_KINDS, Enrolment
from insurance.months import Month, duration_text
from insurance.retirement import Group
from review import matters, rules
from review.matters import StartRefused
from review.models import EDITABLE, Case
from review.portal import case_url, crumbs
from review.queries import cases_of

PAGE_SIZE = 20
INVALID = 422
CLAIM, FLEXIBLE = "pension-claim", "flexible-retirement"


def _unit(request: HttpRequest) -> Unit:
    unit: Unit = request.unit  # type: ignore[attr-defined]
    return unit


class PeopleFilter(forms.Form):
    """姓名或个人代码 (JX 7.1.1)."""

    q = forms.CharField(label="姓名或个人代码", required=False, max_length=40)


class ChooseForm(forms.Form):
    """申领: 退休类别, 原法定退休年龄, 退休日期; everything that blocks is said before anything else is typed."""

    kind = forms.ChoiceField(label="退休类别", choices=[("", "请选择"), *CLAIM_KINDS.choices])
    age_group = forms.ChoiceField(label="原法定退休年龄", widget=forms.RadioSelect)
    retired_on = forms.DateField(
        label="退休日期", widget=DateInput, help_text="拟定的退休日期，一般为达到退休年龄的当日"
    )

    def __init__(self, *args: Any, dossier: Dossier, **options: Any) -> None:
        super().__init__(*args, label_suffix="", **options)
        self.dossier = dossier
        groups = claim_rules.groups_of(dossier.person.sex)
        self.fields["age_group"].choices = [(group.value, group.label) for group in groups]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.errors:
            return data
        try:
            self.dossier.check_person()
            facts = self.dossier.facts(data["age_group"])
            claim_rules.check_date(data["kind"], data["retired_on"], facts, self.dossier.law, timezone.localdate())
        except ClaimRefused as refused:
            self.add_error(refused.field if refused.field in self.fields else None, refused.reason)
        return data


def _row(enrolment: Enrolment, owing: set[int], url_name: str, query: str) -> dict[str, Any]:
    person = enrolment.person
    group = claim_rules.usual_group(person.sex, person.identity)
    facts = claim_rules.Facts(person.birth_date, group, person.work_started_on, False, False)
    return {
        "person": person,
        "month": claim_rules.national_month(facts).chinese,
        "owes": person.pk in owing,
        "url": reverse(url_name, args=[person.number]) + query,
    }


def people_page(request: HttpRequest, matter: str, url_name: str) -> HttpResponse:
    """The unit's people in service, to be searched; each leads on."""
    unit, declared = _unit(request), matters.get(matter)
    refused: StartRefused | None = None
    try:
        rules.check_start(matter, request.user, unit, proved=step_up.is_fresh(request))  # type: ignore[arg-type]
    except StartRefused as error:
        refused = error
    form = PeopleFilter(request.GET or None, label_suffix="")
    text = form.cleaned_data["q"].strip() if form.is_valid() else ""
    page = Paginator(search_people(unit, text), PAGE_SIZE).get_page(request.GET.get("page"))
    owing = queries.people_in_arrears([enrolment.person_id for enrolment in page])
    draft = request.GET.get("case", "")
    unfinished = cases_of(unit).of_matter(matter).filter(status__in=EDITABLE)[:5]
    context = {
        "matter": declared,
        "refused": refused,
        "unfinished": unfinished,
        "filter_form": form,
        "filter_count": 1 if text else 0,
        "clear_url": request.path if text else "",
        "rows": []
        if refused
        else [_row(e, owing, url_name, f"?case={draft}" if draft.isalnum() else "") for e in page],
        "page_obj": page,
        "guide_url": f"/guides/{matter}/",
        "page_title": declared.name,
        "page_lead": "选择人员，查看能否办理；不能办理的，在填写之前说明原因。",
        "crumbs": crumbs("unit", (declared.name, "")),
    }
    return render(request, "insurance/claim_people.html", context)


@unit_required
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """选择人员 of 养老金申领."""
    return people_page(request, CLAIM, "claims:choose")


@unit_required
@require_safe
def flexible_people(request: HttpRequest) -> HttpResponse:
    """选择人员 of 弹性退休告知."""
    return people_page(request, FLEXIBLE, "claims:choose_flexible")


def person_dossier(request: HttpRequest, number: str) -> Dossier:
    """The dossier of one of the unit's own people; anybody else is 404."""
    person = queries.person_of_unit(_unit(request), number)
    if person is None:
        raise Http404
    return open_dossier(_unit(request), person)


def _draft(request: HttpRequest, matter: str) -> Case | None:
    """The draft that waits for a person, if the address names one of the unit's own."""
    number = request.GET.get("case", "")
    found = cases_of(_unit(request)).of_matter(matter).filter(number=number, status__in=EDITABLE).first()
    return found if found and not found.drafts.filter(page="claimant").exists() else None


@unit_required
@require_http_methods(["GET", "POST"])
def choose(request: HttpRequest, number: str) -> HttpResponse:
    """申领 for a person: the checks, and the draft that they open."""
    dossier = person_dossier(request, number)
    group = claim_rules.usual_group(dossier.person.sex, dossier.person.identity)
    usual = claim_rules.earliest_day(claim_rules.NORMAL, dossier.facts(group.value), dossier.law)
    initial = {"age_group": group.value, "kind": claim_rules.NORMAL, "retired_on": usual}
    form = ChooseForm(request.POST if request.method == "POST" else None, dossier=dossier, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            rules.check_start(CLAIM, request.user, _unit(request), proved=step_up.is_fresh(request))  # type: ignore[arg-type]
            return redirect(case_url(_begin(request, dossier, form), "page", page="history"))
        except StartRefused as refused:
            if refused.url.startswith("/"):
                return _proof_first(request, refused)
            form.add_error(None, refused.reason)
            if refused.url:
                messages.info(request, f"已有办件{refused.url}，请在“我的办件”中继续办理")
    context = _choose_context(dossier, "养老金申领", reverse("claims:people")) | {"form": form}
    status = INVALID if request.method == "POST" else 200
    return render(request, "insurance/claim_choose.html", context, status=status)


def _proof_first(request: HttpRequest, refused: StartRefused) -> HttpResponse:
    """To the page that asks for a second proof."""
    messages.error(request, refused.reason)
    return redirect(refused.url)


def _begin(request: HttpRequest, dossier: Dossier, form: ChooseForm) -> Case:
    by: Any = request.user
    chosen = form.cleaned_data
    if case := _draft(request, CLAIM):
        claim_actions.choose_person(case=case, person=dossier.person, by=by, **chosen)
        return case
    return claim_actions.start_claim(
        unit=_unit(request), person=dossier.person, by=by, proved=step_up.is_fresh(request), **chosen
    )


def _choose_context(dossier: Dossier, title: str, people_url: str) -> dict[str, Any]:
    person = dossier.person
    blocked = ""
    try:
        dossier.check_person()
    except ClaimRefused as refused:
        blocked = refused.reason
    group = claim_rules.usual_group(person.sex, person.identity)
    statutory = claim_rules.statutory_of(dossier.facts(group.value), dossier.law)
    facts = [
        ("姓名", person.name),
        ("个人代码", person.number),
        ("出生日期", f"{person.birth_date:%Y年%-m月%-d日}"),
        ("参加工作日期", f"{person.work_started_on:%Y年%-m月%-d日}" if person.work_started_on else "未登记"),
        ("法定退休时间", f"{statutory.month.chinese}（{group.label}）"),
        ("累计缴费", duration_text(dossier.total().months)),
    ]
    short = ""
    needed = dossier.needed(group.value, max(timezone.localdate(), _first_day(statutory.month)))
    if dossier.total().months < needed:
        short = f"{dossier.total().words}，少于最低缴费年限{duration_text(needed)}；填写核增核减后再作判断"
    return {
        "facts": [{"label": label, "value": value} for label, value in facts],
        "blocked": blocked,
        "short": short,
        "people_url": people_url,
        "page_title": f"为{person.name}办理{title}",
        "page_kicker": title,
        "crumbs": crumbs("unit", (title, people_url), (person.name, "")),
    }


def _first_day(month: Month) -> Any:
    return timezone.localdate().replace(year=month.year, month=month.month, day=1)


@unit_required
@require_http_methods(["GET", "POST"])
def choose_flexible(request: HttpRequest, number: str) -> HttpResponse:
    """弹性退休告知 for a person."""
    dossier = person_dossier(request, number)
    refused_words = ""
    if request.method == "POST":
        group = claim_rules.usual_group(dossier.person.sex, dossier.person.identity)
        try:
            case = flexible_actions.start_flexible(
                unit=_unit(request),
                person=dossier.person,
                age_group=Group(group).value,
                proved=step_up.is_fresh(request),
                by=request.user,  # type: ignore[arg-type]
            )
            return redirect(case_url(case, "page", page="choice"))
        except StartRefused as refused:
            if refused.url.startswith("/"):
                return _proof_first(request, refused)
            refused_words = refused.reason
    context = _choose_context(dossier, "弹性退休告知", reverse("claims:flexible_people"))
    context |= {"refused": refused_words, "short": "", "blocked": context["blocked"] if dossier.retiree else ""}
    status = INVALID if refused_words else 200
    return render(request, "insurance/flexible_choose.html", context, status=status)
