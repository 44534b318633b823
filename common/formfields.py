"""Form fields and widgets of the hall: cascading regions, dates, and text with suggestions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from common import regions
from common.models import Region

# Which regions a field takes: HANDLING offers 市本级 beside the counties and ends there, COUNTY ends at a
# county, ANY may stop at every level. Places that have nothing below them end there in all cases.
HANDLING, COUNTY, ANY = "handling", "county", "any"
SCOPES = (HANDLING, COUNTY, ANY)

# A choice that has to go on is kept in a draft with this mark, so that 太原市 and 太原市本级 stay apart.
OPEN = "/"

_LABELS = ("省", "市", "县（市、区）")
_DEPTH = len(_LABELS)


@dataclass(frozen=True, slots=True)
class RegionLevel:
    """One select of the cascade: what it is called, what it offers, what is chosen."""

    label: str
    options: list[tuple[str, str]]
    value: str


def _options(chosen: list[str], scope: str) -> list[tuple[str, str]]:
    """What the next select offers after the choices so far; empty when there is nothing below."""
    if not chosen:
        return [(place.code, place.name) for place in regions.children()]
    if len(chosen) == 1:
        return regions.first_choices(chosen[0])
    city = chosen[1]
    if regions.level_of(city) != regions.CITY or not regions.children(city):
        return []
    return regions.handling_choices(city) if scope == HANDLING else regions.first_choices(city)


def _chosen(parts: Iterable[str], scope: str) -> list[str]:
    """The posted choices as far as each belongs below the one before it: a changed province drops its old city."""
    chosen: list[str] = []
    for part in parts:
        if len(chosen) == _DEPTH or part not in dict(_options(chosen, scope)):
            break
        chosen.append(part)
    return chosen


def _is_complete(chosen: list[str], scope: str) -> bool:
    return scope == ANY or len(chosen) == _DEPTH or not _options(chosen, scope)


def encode(parts: Iterable[str], scope: str) -> str:
    """One text for the choices of all selects: a region code, marked as open while another choice must follow."""
    chosen = _chosen(parts, scope)
    if not chosen:
        return ""
    return chosen[-1] if _is_complete(chosen, scope) else chosen[-1] + OPEN


def decode(text: str, scope: str) -> list[str]:
    """The choices of the selects for a text that ``encode`` gave, or for a plain region code."""
    code = text.removesuffix(OPEN)
    if not regions.exists(code):
        return []
    chosen = [place.code for place in reversed(regions.ancestors(code))]
    # A city that handles its own cases is chosen twice: as the city, and as 市本级 within it.
    if not text.endswith(OPEN) and scope == HANDLING and len(chosen) == 2 and _options(chosen, scope):
        chosen.append(code)
    return chosen


def levels(chosen: list[str], scope: str) -> list[RegionLevel]:
    """The selects to show: those chosen, and the next one if there is anything to choose."""
    shown = []
    for depth, label in enumerate(_LABELS):
        options = _options(chosen[:depth], scope)
        if not options:
            break
        shown.append(RegionLevel(label, options, chosen[depth] if depth < len(chosen) else ""))
        if depth >= len(chosen):
            break
    return shown


class RegionWidget(forms.Widget):
    """Up to three selects, province → city → county, named ``name_0`` … ``name_2``.

    htmx fetches the next select when one changes. Without JavaScript a small button submits the
    form, which comes back with the next select.
    """

    template_name = "components/region_levels.html"
    use_fieldset = True

    def __init__(self, scope: str = HANDLING, attrs: dict[str, Any] | None = None) -> None:
        self.scope = scope
        super().__init__(attrs)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        chosen = decode(str(value), self.scope) if value else []
        context["widget"] |= {
            "scope": self.scope,
            "levels": levels(chosen, self.scope),
            "id": context["widget"]["attrs"].get("id") or f"id_{name}",
            "is_open": not chosen or not _is_complete(chosen, self.scope),
            "is_invalid": "aria-invalid" in context["widget"]["attrs"],
        }
        return context

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        parts = [data.get(f"{name}_{depth}") for depth in range(_DEPTH)]
        if all(part is None for part in parts):
            return data.get(name)
        return encode((part or "" for part in parts), self.scope)

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return name not in data and f"{name}_0" not in data

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_0" if id_ else id_


class RegionField(forms.ModelChoiceField):
    """A region down to the county (行政区划, 户籍地); its value is a Region.

    Fits ``Meta.field_classes`` of a model form, so that label, hint and obligation come from the model.
    """

    scope: ClassVar[str] = COUNTY
    default_error_messages: ClassVar = {"invalid_choice": "请从列表中选择地区", "required": "请选择地区"}

    def __init__(self, queryset: Any = None, **options: Any) -> None:
        options["widget"] = RegionWidget(self.scope)
        super().__init__(Region.objects.all() if queryset is None else queryset, **options)

    @classmethod
    def of(cls, typed: Mapping[str, Any], name: str) -> str:
        """The code chosen so far among typed values, such as another page's; "" while the choice is open."""
        text = str(RegionWidget(cls.scope).value_from_datadict(typed, None, name) or "")
        return "" if text.endswith(OPEN) else text

    def prepare_value(self, value: Any) -> Any:
        return value.pk if isinstance(value, Region) else value

    def to_python(self, value: Any) -> Region | None:
        if value in self.empty_values:
            return None
        code = value.pk if isinstance(value, Region) else str(value)
        if code.endswith(OPEN):
            raise ValidationError(self._go_on(code.removesuffix(OPEN)), code="open")
        chosen = decode(code, self.scope)
        if not chosen:
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        if not _is_complete(chosen, self.scope):
            raise ValidationError(self._go_on(code), code="open")
        return Region.objects.get(pk=code)

    def _go_on(self, code: str) -> str:
        if not regions.exists(code):
            return str(self.error_messages["invalid_choice"])
        place = regions.get(code)
        below = "市" if place.level == regions.PROVINCE else "县（市、区）"
        if place.level == regions.CITY and self.scope == HANDLING:
            below = "“市本级”或县（市、区）"
        return f"已选择{place.name}，请继续选择{below}"

    def in_words(self, text: str) -> str:
        """The choice as it reads, from the kept table of regions; what is no region reads as it was typed."""
        code = text.removesuffix(OPEN)
        return self.words(code) if regions.exists(code) else text

    def words(self, code: str) -> str:
        """The name of a region in this field."""
        return regions.path_name(code)

    def label_from_instance(self, obj: Region) -> str:
        return self.words(obj.pk)


class HandlingRegionField(RegionField):
    """业务办理属地: a county, or a city that handles its own cases (市本级)."""

    scope = HANDLING

    def words(self, code: str) -> str:
        return regions.handling_path_name(code)


class AnyRegionField(RegionField):
    """A province, a city or a county (期望地区)."""

    scope = ANY


class DateInput(forms.DateInput):
    """A date as the browser's own date picker offers it; ISO text where there is none."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs={"data-width": "medium", **(attrs or {})}, format="%Y-%m-%d")


class SuggestInput(forms.TextInput):
    """Free text with suggestions, such as names of banks."""

    def __init__(self, suggestions: Iterable[str], attrs: dict[str, Any] | None = None) -> None:
        self.suggestions = tuple(suggestions)
        super().__init__(attrs)

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        list_id = f"{(attrs or {}).get('id') or name}_list"
        field = super().render(name, value, {**(attrs or {}), "list": list_id}, renderer)
        options = format_html_join("", '<option value="{}"></option>', ((text,) for text in self.suggestions))
        return format_html('{}<datalist id="{}">{}</datalist>', field, list_id, options)
