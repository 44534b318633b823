"""Cascading choice of a region: province → city → county, 市本级 included; also without JavaScript.

``RegionField`` is an ordinary form field whose value is one region code. It is drawn by
templates/components/region_select.html; with htmx a change fetches the next level from
``region_levels``, without it a small button submits the form with ``region_refresh``.
"""

from dataclasses import asdict, dataclass
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorDict
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from common import regions
from common.models import Region

LEVELS = ("province", "city", "county")
_LABELS = {"province": "省（自治区、直辖市）", "city": "市（州、盟）", "county": "县（市、区）"}
_SALT = "common.region_select"

Option = tuple[str, str]


@dataclass(frozen=True)
class RegionChoice:
    """What is asked: ``within`` fixes the province, ``handling`` offers 市本级 as a third level."""

    name: str
    legend: str
    within: str = ""
    handling: bool = False
    required: bool = False
    hint: str = ""

    def options(self, province: str, city: str) -> dict[str, list[Option]]:
        """What each level offers, given the levels above it; an empty list leaves the level out."""
        province = self.within or province
        found: dict[str, list[Option]] = {"province": [], "city": [], "county": []}
        if not self.within:
            found["province"] = [(place.code, place.name) for place in regions.children()]
        if province:
            found["city"] = regions.first_choices(province)
        if city and city.startswith(province[:2]) and regions.exists(city) and regions.children(city):
            below = [(place.code, place.name) for place in regions.children(city)]
            found["county"] = regions.handling_choices(city) if self.handling else below
        return found

    def split(self, code: str) -> dict[str, str]:
        """The levels of a code: each holds the option that leads to it."""
        if not code or not regions.exists(code):
            return dict.fromkeys(LEVELS, "")
        chain = [place.code for place in reversed(regions.ancestors(code))]
        city = chain[1] if len(chain) > 1 else ""
        county = chain[2] if len(chain) > 2 else ""
        if self.handling and city == code and regions.children(code):
            county = code
        return {"province": chain[0], "city": city, "county": county}

    def join(self, levels: dict[str, str]) -> str:
        """The code that the levels name: the deepest one that lies below those above it."""
        province = self.within or levels["province"]
        city = levels["city"] if levels["city"].startswith(province[:2]) else ""
        county = levels["county"] if city and levels["county"].startswith(city[:4]) else ""
        return county or city or levels["province"]

    def is_final(self, levels: dict[str, str]) -> bool:
        """Whether nothing is left to choose."""
        options = self.options(levels["province"], levels["city"])
        codes = {level: {code for code, _ in options[level]} for level in LEVELS}
        return all(not codes[level] or levels[level] in codes[level] for level in LEVELS)

    def context(self, levels: dict[str, str], element_id: str, errors: list[str] | None = None) -> dict[str, Any]:
        """What components/region_select.html draws."""
        options = self.options(levels["province"], levels["city"])
        return {
            "id": element_id,
            "legend": self.legend,
            "hint": self.hint,
            "required": self.required,
            "errors": errors or [],
            "hx_url": reverse("region_levels", args=[signing.dumps(asdict(self), salt=_SALT, compress=True)]),
            "levels": [
                {
                    "name": f"{self.name}_{level}",
                    "label": _LABELS[level],
                    "value": levels[level],
                    "options": options[level],
                }
                for level in LEVELS
            ],
        }


class RegionSelect(forms.Widget):
    """Up to three selects named after the field; the value is a dict of levels while it is being typed."""

    choice: RegionChoice
    use_fieldset = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> dict[str, str]:
        return {level: data.get(f"{name}_{level}", "") for level in LEVELS}

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return not any(f"{name}_{level}" in data for level in LEVELS)

    def id_for_label(self, id_: str) -> str:
        return f"{id_}-{self.choice.name}_{'city' if self.choice.within else 'province'}"


class RegionBoundField(forms.BoundField):
    """Gives the template what it draws."""

    @property
    def region(self) -> dict[str, Any]:
        """The context of components/region_select.html."""
        field: RegionField = self.field  # type: ignore[assignment]
        value = self.value()
        levels = value if isinstance(value, dict) else field.choice_for(self.html_name).split(str(value or ""))
        return field.choice_for(self.html_name).context(levels, self.auto_id, list(self.errors))


class RegionField(forms.Field):
    """A region by cascading selects; the value is a Region. ``within`` and ``handling`` as in RegionChoice."""

    widget = RegionSelect

    def __init__(self, *, within: str = "", handling: bool = False, **options: Any) -> None:
        self.within, self.handling = within, handling
        super().__init__(template_name="components/region_field.html", **options)

    def choice_for(self, name: str) -> RegionChoice:
        """What this field asks under the given name."""
        return RegionChoice(
            name, str(self.label), self.within, self.handling, bool(self.required), str(self.help_text or "")
        )

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> RegionBoundField:
        self.widget.choice = self.choice_for(form.add_prefix(field_name))
        return RegionBoundField(form, self, field_name)

    def clean(self, value: Any) -> Region | None:
        """The region; raises ValidationError in Chinese where a level is missing."""
        levels = value or dict.fromkeys(LEVELS, "")
        choice = self.choice_for("region")
        code = choice.join(levels)
        if not code:
            if self.required:
                raise ValidationError(f"请选择{self.label}", code="required")
            return None
        if not regions.exists(code):
            raise ValidationError("请从列表中选择地区", code="region")
        if not choice.is_final({**levels, "province": self.within or levels["province"]}):
            raise ValidationError("请继续选择下一级地区", code="incomplete")
        return Region(code=code, **_columns(code))

    def has_changed(self, initial: Any, data: Any) -> bool:
        return self.choice_for("region").join(data) != str(getattr(initial, "pk", initial) or "")


def _columns(code: str) -> dict[str, str]:
    place = regions.get(code)
    return {"name": place.name, "level": place.level, "parent_id": place.parent or None}


def keep_typing(form: forms.BaseForm) -> None:
    """Let a bound form be drawn as typed, without errors: the answer to ``region_refresh``."""
    form._errors = ErrorDict()


@login_not_required
def region_levels(request: HttpRequest, spec: str) -> HttpResponse:
    """The selects again, with the level below what was chosen (htmx); the regions are public."""
    try:
        choice = RegionChoice(**signing.loads(spec, salt=_SALT))
    except signing.BadSignature:
        raise Http404 from None
    levels = {level: request.GET.get(f"{choice.name}_{level}", "") for level in LEVELS}
    if not choice.within and not levels["city"].startswith(levels["province"][:2]):
        levels["city"] = ""
    if not levels["county"].startswith(levels["city"][:4]):
        levels["county"] = ""
    element_id = request.GET.get("id", f"id_{choice.name}")
    return render(request, "components/region_select.html", {"region": choice.context(levels, element_id)})
