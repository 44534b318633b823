"""补贴拨付统计 on the staff site: charts with their tables, filters, xlsx; within the own regions."""

from datetime import date
from typing import Any
from urllib.parse import quote

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.queries import staff_regions
from common import parameters, regions
from reporting import figures as sums
from reporting.figures import Choice
from reporting.models import SubsidyKind
from reporting.payments_staff import XLSX


class FiguresForm(forms.Form):
    """The filters."""

    first = forms.CharField(label="拨付月份起", required=False, widget=forms.DateInput(attrs={"type": "month"}))
    last = forms.CharField(label="拨付月份止", required=False, widget=forms.DateInput(attrs={"type": "month"}))
    region = forms.ChoiceField(label="地区", required=False)
    kind = forms.ChoiceField(label="补贴类型", required=False, choices=[("", "全部"), *SubsidyKind.choices])

    def __init__(self, data: Any, *, offered: list[tuple[str, str]]) -> None:
        super().__init__(data, label_suffix="")
        self.fields["region"].choices = [("", "全部"), *offered]  # type: ignore[attr-defined]

    def _month(self, name: str) -> date | None:
        text = self.cleaned_data.get(name) or ""
        found = parameters.day(f"{text}-01") if text else None
        if text and found is None:
            raise forms.ValidationError("请按年-月填写，例如2026-03")
        return found

    def clean_first(self) -> date | None:
        return self._month("first")

    def clean_last(self) -> date | None:
        return self._month("last")


def _regions(request: HttpRequest) -> list[tuple[str, str]]:
    """The own regions and what lies directly below them."""
    found: dict[str, str] = {}
    for code in staff_regions(request.user):  # type: ignore[arg-type]
        found[code] = regions.handling_name(code)
        found |= {child.code: child.name for child in regions.children(code)}
    return list(found.items())


@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """Paid subsidies by region, month, category and kind; ``format=xlsx`` gives the tables."""
    if not request.user.has_perm("reporting.view_payment"):
        raise PermissionDenied
    form = FiguresForm(request.GET, offered=_regions(request))
    form.is_valid()
    chosen = {name: form.cleaned_data[name] for name in form.fields if form.cleaned_data.get(name)}
    found = sums.charts(request.user, Choice(**chosen))  # type: ignore[arg-type]
    if request.GET.get("format") == "xlsx" and not form.errors:
        response = HttpResponse(sums.workbook(found), content_type=XLSX)
        response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote('补贴拨付统计')}.xlsx"
        return response
    query = QueryDict(mutable=True)
    query.update({name: request.GET[name] for name in chosen} | {"format": "xlsx"})
    total = sum((bar.amount for bar in found[0].bars), 0)
    context = {
        **admin.site.each_context(request),
        "is_nav_sidebar_enabled": False,
        "title": "补贴拨付统计",
        "form": form,
        "charts": found,
        "total": total,
        "count": sum(bar.count for bar in found[0].bars),
        "label_width": sums.LABEL_WIDTH,
        "xlsx_url": f"?{query.urlencode()}",
    }
    return render(request, "reporting/admin_figures.html", context)
