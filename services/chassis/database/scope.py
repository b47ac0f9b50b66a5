"""Which rows a caller may see: applied below the query layer, to every ORM query of a session."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import InitVar, dataclass, field
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Table, false, inspect, or_
from sqlalchemy.orm import with_loader_criteria
from sqlalchemy.sql import visitors
from sqlmodel import col

from services.chassis.database.tables import DistrictRow
from services.chassis.principal import Principal


@dataclass(slots=True)
class Slice:
    """Of a table only these rows."""

    kind: type[DistrictRow]
    where: InitVar[ColumnElement[bool]]
    criterion: Any = field(init=False)

    def __post_init__(self, where: ColumnElement[bool]) -> None:
        self.criterion = with_loader_criteria(self.kind, where, include_aliases=True)


@dataclass(frozen=True, slots=True)
class Scope:
    """What a caller may see of a service's tables; what the chassis keeps is read by whoever names the row."""

    offices: tuple[str, ...] | None = None
    """Region codes: a province (``PP``) covers its districts, none at all sees nothing. None: every district."""
    own: Sequence[Slice] = ()
    """Tables of which it sees less than its districts."""

    def narrowed(self, statement: Any) -> Any:
        """The statement, of each table that it names only what the caller may see."""
        if self.offices is None:
            return statement
        kinds = kinds_in(statement)
        criteria = [_in_districts(kind, self.offices) for kind in kinds]
        criteria += [part.criterion for part in self.own if part.kind in kinds]
        return statement.options(*criteria)


ScopeRule = Callable[[Principal], Scope]


def district_scope(principal: Principal, own: Sequence[Slice] = ()) -> Scope:
    """The districts of the caller's offices, and of some tables less; one of our own services sees everything."""
    return Scope() if principal.is_system else Scope(principal.offices, own)


def kinds_in(statement: Any) -> set[type[DistrictRow]]:
    """The services' tables that a statement names, wherever it does: joined, under an alias, in a query inside."""
    found: set[type[DistrictRow]] = set()
    waiting, seen = [statement], set()
    while waiting:
        for element in visitors.iterate(waiting.pop()):
            source = element if isinstance(element, FromClause) else getattr(element, "table", None)
            if source is None or id(source) in seen:
                continue
            seen.add(id(source))
            if isinstance(source, Table):
                if (kind := _kinds().get(source)) is not None:
                    found.add(kind)
            elif source is not element:
                waiting.append(source)
    return found


@lru_cache(maxsize=4096)
def _in_districts(kind: type[DistrictRow], offices: tuple[str, ...]) -> Any:
    """Made once for a table and a set of offices: a request asks for the same few again and again."""
    district = col(kind.district)
    parts = [district == office[:5] if len(office) >= 5 else district.like(f"{office}.%") for office in offices]
    return with_loader_criteria(kind, or_(*parts) if parts else false(), include_aliases=True)


@lru_cache
def _kinds() -> dict[FromClause, type[DistrictRow]]:
    """By table, the class that a service reads it by."""
    return {
        inspect(kind).local_table: kind
        for kind in _subclasses(DistrictRow)
        if not kind.__module__.startswith("services.chassis.")
    }


def _subclasses(kind: type[DistrictRow]) -> Iterator[type[DistrictRow]]:
    for child in kind.__subclasses__():
        if hasattr(child, "__table__"):
            yield child
        yield from _subclasses(child)
