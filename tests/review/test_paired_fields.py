"""When and who belong together: the database refuses a time without its actor and an actor without his time."""

import pytest
from django.apps import apps
from django.db import connection, models
from django.utils import timezone

pytestmark = pytest.mark.django_db
NOBODY = models.Value(None, output_field=models.IntegerField())
EMPTY = models.Value("", output_field=models.CharField())
NO_TIME = models.Value(None, output_field=models.DateTimeField())
APPS = {"accounts", "documents", "review", "insurance", "internship", "positions", "reporting", "hall", "common"}


def pairs() -> list[tuple[type[models.Model], str]]:
    """Every model's ``x_at`` that has an ``x_by`` beside it."""
    found = []
    for model in apps.get_models():
        if model._meta.app_label not in APPS or hasattr(model, "pgh_tracked_model"):
            continue
        names = {field.name for field in model._meta.local_fields}
        found += [(model, name[:-3]) for name in sorted(names) if name.endswith("_at") and f"{name[:-3]}_by" in names]
    return found


def names_in(condition: models.Q) -> set[str]:
    """Columns that a condition speaks of."""
    found: set[str] = set()
    for child in condition.children:
        if isinstance(child, models.Q):
            found |= names_in(child)
        elif isinstance(child, models.Expression):
            found |= {part.name for part in child.flatten() if isinstance(part, models.F)}
        else:
            found.add(child[0].split("__")[0])
    return found


# Pairs that the clock may end without a person: only an actor without a time is impossible there.
BY_THE_CLOCK = {("positions.position", "closed")}


def refuses(constraint: models.CheckConstraint, values: dict[str, object]) -> bool:
    """Whether a CHECK refuses these values (text columns that it also speaks of are empty)."""
    others = names_in(constraint.condition) - set(values)
    return not constraint.condition.check(values | dict.fromkeys(others, EMPTY))


@pytest.mark.parametrize(("model", "base"), pairs(), ids=lambda value: getattr(value, "__name__", value))
def test_half_a_pair_is_refused(model: type[models.Model], base: str) -> None:
    at, by = model._meta.get_field(f"{base}_at"), model._meta.get_field(f"{base}_by")
    if not at.null:
        return  # the moment is always there; nobody named beside it means the system or a visitor
    assert by.null
    by_the_clock = (model._meta.label_lower, base) in BY_THE_CLOCK
    refusing = [
        constraint
        for constraint in model._meta.constraints
        if isinstance(constraint, models.CheckConstraint)
        and names_in(constraint.condition) >= {at.name, by.name}
        and (by_the_clock or refuses(constraint, {at.name: timezone.now(), by.name: NOBODY}))
        and refuses(constraint, {at.name: NO_TIME, by.name: 1})
    ]
    assert refusing, f"{model.__name__}: nothing refuses half of {base}_at / {base}_by"
    with connection.cursor() as cursor:
        stored = connection.introspection.get_constraints(cursor, model._meta.db_table)
    assert any(constraint.name in stored for constraint in refusing)


def test_there_are_pairs_to_prove() -> None:
    assert len(pairs()) >= 10
