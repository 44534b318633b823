"""A violated database constraint becomes the Chinese sentence declared on the model's constraint."""

from functools import lru_cache

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models
from django.db.models.constraints import BaseConstraint

_RESERVED = "该记录正被其他数据引用，不能删除或修改"


def constraint_name(error: BaseException) -> str | None:
    """The name of the constraint that a database error reports, if it does."""
    cause: BaseException | None = error
    while cause is not None:
        diagnostic = getattr(cause, "diag", None)
        if diagnostic is not None and diagnostic.constraint_name:
            return str(diagnostic.constraint_name)
        cause = cause.__cause__
    return None


@lru_cache(maxsize=1)
def _declared() -> dict[str, str]:
    """Sentences of all constraints of all models, by constraint name."""
    found: dict[str, str] = {}
    for model in apps.get_models(include_auto_created=True):
        for constraint in model._meta.constraints:
            if constraint.violation_error_message != BaseConstraint.default_violation_error_message:
                found[_filled(constraint, model)] = str(constraint.violation_error_message)
    return found


def _filled(constraint: BaseConstraint, model: type[models.Model]) -> str:
    """The constraint's name in the database (abstract models use placeholders)."""
    return constraint.name % {
        "app_label": model._meta.app_label,
        "class": model._meta.model_name,
    }


def _field_sentence(error: BaseException) -> str | None:
    """For ``unique=True`` columns, whose constraints Django names itself: the field's own sentence."""
    cause: BaseException | None = error
    while cause is not None and getattr(cause, "diag", None) is None:
        cause = cause.__cause__
    if cause is None:
        return None
    table = cause.diag.table_name  # type: ignore[attr-defined]
    name = cause.diag.constraint_name or ""  # type: ignore[attr-defined]
    model = next((model for model in apps.get_models() if model._meta.db_table == table), None)
    if model is None:
        return None
    for field in model._meta.local_concrete_fields:
        if field.unique and name.startswith(f"{table}_{field.column}_"):
            return f"“{field.verbose_name}”已存在，不能重复"
    return None


def explain(error: IntegrityError | ValidationError) -> str | None:
    """The sentence for the reader; None when nobody wrote one (then the error is a bug: raise it)."""
    if isinstance(error, ValidationError):
        return "；".join(error.messages) or None
    name = constraint_name(error)
    if name is None:
        return None
    if sentence := _declared().get(name):
        return sentence
    if "_fk_" in name:
        return _RESERVED
    return _field_sentence(error)


def unique_violation(error: BaseException, name: str) -> bool:
    """Whether a database error reports the violation of the constraint called ``name``."""
    return isinstance(error, IntegrityError) and constraint_name(error) == name


def together(*names: str) -> models.Q:
    """A condition for CHECKs: all of the columns are filled or none is."""
    return models.Q(**{f"{name}__isnull": True for name in names}) | models.Q(
        **{f"{name}__isnull": False for name in names}
    )
