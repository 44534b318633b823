"""Model fields: encrypted text and JSON, and the blind index beside them."""

import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from common import crypto


class EncryptedText(models.TextField):
    """Text that is encrypted at rest; queries by value go through a BlindIndex column."""

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        return crypto.encrypt(value) if value else value

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return crypto.decrypt(value) if value else value

    def get_lookup(self, lookup_name: str) -> Any:
        # Each encryption differs, so a comparison would silently find nothing. Triggers compare (df, ndf: whether
        # two are distinct) the stored texts of one row's versions.
        if lookup_name not in {"isnull", "df", "ndf"}:
            raise TypeError(f"{self.name} is encrypted: search its BlindIndex instead")
        return super().get_lookup(lookup_name)


class EncryptedJSON(models.TextField):
    """A JSON value that is encrypted at rest."""

    # What type checkers take the column's values for.
    _pyi_private_set_type: Any
    _pyi_private_get_type: Any

    def get_prep_value(self, value: Any) -> Any:
        if value is None:
            return None
        return crypto.encrypt(json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False))

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return json.loads(crypto.decrypt(value)) if value else None

    def to_python(self, value: Any) -> Any:
        return value

    def value_to_string(self, obj: models.Model) -> str:
        return json.dumps(self.value_from_object(obj), cls=DjangoJSONEncoder, ensure_ascii=False)


class BlindIndex(models.CharField):
    """Keyed digest of another column of the same row, kept in step on save; blank stays blank.

    ``BlindIndex("id_no")`` beside ``id_no = EncryptedText()``; search with
    ``filter(id_no_digest=crypto.digest(value))``.
    """

    def __init__(self, source: str = "", **options: Any) -> None:
        self.source = source
        options.setdefault("max_length", 64)
        options.setdefault("blank", True)
        options.setdefault("default", "")
        options.setdefault("editable", False)
        super().__init__(**options)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, [self.source, *args], kwargs

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        text = getattr(model_instance, self.source)
        value = crypto.digest(text) if text else ""
        setattr(model_instance, self.attname, value)
        return value
