"""Row shapes that every service shares. The spine's tables are made by the SQL of each service's first migration."""

from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime
from sqlmodel import Field, SQLModel

UTC_INSTANT = DateTime(timezone=True)


class DistrictRow(SQLModel):
    """A row that says to which district (``PP.KK``) it belongs. Every row does."""

    district: str = Field(max_length=5)

    def __init__(self, **values: Any) -> None:
        """Lay the values down as they are: they were checked at the door, and asking the mapping about each is slow.

        Raises ``TypeError`` for a name that is no column.
        """
        defaults, factories, names = _columns_of(type(self))
        if not names.issuperset(values):
            raise TypeError(f"{type(self).__name__} has no {', '.join(sorted(values.keys() - names))}")
        row = vars(self)
        row.update(defaults)
        for name, make in factories.items():
            row[name] = make()
        row.update(values)
        object.__setattr__(self, "__pydantic_fields_set__", set(values))
        object.__setattr__(self, "__pydantic_extra__", None)
        object.__setattr__(self, "__pydantic_private__", None)


@lru_cache
def _columns_of(kind: type[SQLModel]) -> tuple[dict[str, Any], dict[str, Any], frozenset[str]]:
    fields = kind.model_fields
    fixed = {
        name: field.default for name, field in fields.items() if not field.is_required() and not field.default_factory
    }
    made = {name: field.default_factory for name, field in fields.items() if field.default_factory}
    return fixed, made, frozenset(fields)


class Aggregate(DistrictRow):
    """A row with a life of its own: every change of it is an action and raises ``version`` by one."""

    id: UUID = Field(primary_key=True)
    correlation_id: UUID = Field(index=True)
    version: int = 1
    recorded_at: datetime | None = Field(
        default=None, sa_type=UTC_INSTANT, sa_column_kwargs={"server_default": "now()"}
    )
