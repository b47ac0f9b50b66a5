"""Which rows a caller may see: applied below the query layer, to every ORM query of a session."""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import false, or_
from sqlalchemy.orm import with_loader_criteria
from sqlmodel import col

from services.chassis.database.tables import DistrictRow
from services.chassis.principal import Principal

ScopeRule = Callable[[Principal], Sequence[Any]]
"""What narrows a caller's queries, as criteria."""


def district_scope(principal: Principal, package: str) -> list[Any]:
    """Criteria that narrow every table of a service to the districts of the caller's offices.

    A province's office (``PP``) covers its districts; a caller without offices sees nothing.
    """
    if principal.is_system:
        return []
    return [with_loader_criteria(kind, _within(kind, principal.offices)) for kind in _tables_of(package)]


def _within(kind: type[DistrictRow], offices: Sequence[str]) -> Any:
    district = col(kind.district)
    parts = [district == office[:5] if len(office) >= 5 else district.like(f"{office}.%") for office in offices]
    return or_(*parts) if parts else false()


@lru_cache
def _tables_of(package: str) -> tuple[type[DistrictRow], ...]:
    return tuple(kind for kind in _subclasses(DistrictRow) if kind.__module__.startswith(f"{package}."))


def _subclasses(kind: type[DistrictRow]) -> Iterator[type[DistrictRow]]:
    for child in kind.__subclasses__():
        if hasattr(child, "__table__"):
            yield child
        yield from _subclasses(child)
