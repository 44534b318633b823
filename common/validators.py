"""Validators for model fields and form fields that normalise what was typed."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from common import identifiers, regions


def validate_region(code: str) -> None:
    """The code names a region; raises ValidationError in Chinese."""
    if not regions.exists(code):
        raise ValidationError("请从列表中选择地区", code="region")


def validate_uscc(value: str) -> None:
    """A unified social credit code that is already normalised."""
    identifiers.clean_uscc(value)


def validate_mobile(value: str) -> None:
    """A mobile number."""
    identifiers.clean_mobile(value)


def validate_cnaps(value: str) -> None:
    """A bank branch number."""
    identifiers.clean_cnaps(value)


class CleanedField(forms.CharField):
    """Text that a function of ``common.identifiers`` normalises or refuses; blank stays blank."""

    cleaner: Callable[[str], str]

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        return type(self).cleaner(text) if text else text


class UsccField(CleanedField):
    """统一社会信用代码."""

    cleaner = staticmethod(identifiers.clean_uscc)


class MobileField(CleanedField):
    """手机号码."""

    cleaner = staticmethod(identifiers.clean_mobile)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return super().widget_attrs(widget) | {
            "inputmode": "tel",
            "autocomplete": "tel-national",
        }


class TelephoneField(CleanedField):
    """手机或固定电话."""

    cleaner = staticmethod(identifiers.clean_telephone)


class PostcodeField(CleanedField):
    """邮政编码."""

    cleaner = staticmethod(identifiers.clean_postcode)


class CnapsField(CleanedField):
    """联行号."""

    cleaner = staticmethod(identifiers.clean_cnaps)


class UnitAccountField(CleanedField):
    """单位银行账号."""

    @staticmethod
    def cleaner(value: str) -> str:
        return identifiers.clean_bank_account(value, "unit")


class PersonAccountField(CleanedField):
    """个人银行账号."""

    @staticmethod
    def cleaner(value: str) -> str:
        return identifiers.clean_bank_account(value, "person")
