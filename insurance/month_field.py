"""Calendar months in forms."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from insurance.months import Month

FIRST_MONTH, LAST_MONTH = Month(1900, 1), Month(2100, 12)


class MonthInput(forms.TextInput):
    """A month as the browser's own picker offers it; text such as 1965-03 where there is none."""

    input_type = "month"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs={"data-width": "medium", "title": "如1965-03", **(attrs or {})})


class MonthField(forms.CharField):
    """A month between 1900 and 2100; its value is a ``Month``, or None where it may stay empty."""

    widget = MonthInput

    def prepare_value(self, value: Any) -> Any:
        return str(value) if isinstance(value, Month) else value

    def to_python(self, value: Any) -> Any:
        text = value if isinstance(value, Month) else super().to_python(value)
        if not text or isinstance(text, Month):
            return text or None
        try:
            month = Month.parse(str(text))
        except ValueError as error:
            raise ValidationError(str(error)) from None
        if not FIRST_MONTH <= month <= LAST_MONTH:
            raise ValidationError(f"年月应在{FIRST_MONTH}至{LAST_MONTH}之间，请核对")
        return month

    def run_validators(self, value: Any) -> None:
        """A month has been judged when it was read; the length of text no longer concerns it."""


class MonthDateField(MonthField):
    """A month that is kept as its first day, for a DateField of a model; suits ``Meta.field_classes``."""

    def prepare_value(self, value: Any) -> Any:
        return f"{value:%Y-%m}" if isinstance(value, date) else super().prepare_value(value)

    def to_python(self, value: Any) -> Any:
        if isinstance(value, date):
            return value
        month = super().to_python(value)
        return date(month.year, month.month, 1) if month else None
