"""A lookup for long lists: one array instead of ten thousand parameters, which take longer to write than to answer."""

from typing import Any

from django.db.models import Field, ForeignKey, Lookup


class AnyOf(Lookup):
    """``filter(id_no_digest__any_of=[…])``: as ``__in``, for long lists of plain values."""

    lookup_name = "any_of"

    def get_prep_lookup(self) -> Any:
        return list(self.rhs)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        column, column_params = self.process_lhs(compiler, connection)
        kind = self.lhs.output_field.rel_db_type(connection) if self.lhs.output_field.is_relation else None
        kind = kind or self.lhs.output_field.cast_db_type(connection)
        return f"{column} = ANY(%s::{kind}[])", [*column_params, self.rhs]


def register() -> None:
    """Make the lookup known; called once when the apps are ready."""
    Field.register_lookup(AnyOf)
    ForeignKey.register_lookup(AnyOf)
