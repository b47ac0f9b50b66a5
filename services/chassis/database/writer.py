"""The write buffer: everything a command changed leaves in one statement.

A command's rows, its actions, its outbox rows and the guard that makes it repeat-safe (request key or inbox row) are
chained as data-modifying CTEs. When the command read nothing before, that one statement is the whole transaction:
one round trip. The text depends only on which tables and columns are touched, so it is built once per shape.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import DefaultClause, Table
from sqlalchemy.dialects import postgresql
from sqlmodel import SQLModel

_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]


def to_json(value: Any) -> str:
    """JSON text for a json column; money and codes by their plain value."""
    return orjson.dumps(value, default=_plain).decode()


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, UUID):
        return str(value)
    if hasattr(value, "__int__"):
        return int(value)
    return str(value)


def _as_is(value: Any) -> Any:
    return value.value if isinstance(value, Enum) else value


def _as_text(value: Any) -> Any:
    return value if value is None or type(value) is str else str(_as_is(value))


def _as_int(value: Any) -> Any:
    return value if value is None or type(value) is int else int(value)


def _as_array(value: Any) -> Any:
    return None if value is None else f"{{{','.join(map(str, value))}}}"


def _as_json(value: Any) -> Any:
    return None if value is None else to_json(value)


@dataclass(frozen=True, slots=True)
class Column:
    """One column as the driver needs it: array type to send, cast to apply, encoder for the Python value.

    ``default`` is what a row inserted without a value gets.
    """

    name: str
    array_type: str
    cast: str
    encode: Callable[[Any], Any]
    default: str


@lru_cache
def columns_of(table: Table) -> dict[str, Column]:
    """The columns of a table by name."""
    found: dict[str, Column] = {}
    for column in table.columns:
        sql_type = column.type.compile(dialect=_DIALECT).lower()
        cast, encode, array = "", _as_is, sql_type
        if sql_type in ("json", "jsonb"):
            array, cast, encode = "text", f"::{sql_type}", _as_json
        elif sql_type in ("bigint[]", "integer[]"):
            # Arrays of arrays are not unnested row by row: each travels as it is written.
            array, cast, encode = "text", f"::{sql_type}", _as_array
        elif sql_type.startswith(("varchar", "text", "autostring")):
            array, encode = "text", _as_text
        elif sql_type in ("integer", "bigint", "smallint"):
            encode = _as_int
        default = str(column.server_default.arg) if isinstance(column.server_default, DefaultClause) else ""
        found[column.name] = Column(column.name, array, f"{{}}{cast}", encode, default)
    return found


@dataclass(frozen=True, slots=True)
class Shape:
    """What one step of the statement touches: the key under which its SQL text is remembered.

    A column is its name, the type of the array in which its values are sent, and how one of them is written.
    """

    kind: str
    table: str
    columns: tuple[tuple[str, str, str], ...]
    keys: tuple[str, ...] = ()


@dataclass(slots=True)
class Step:
    """A set of rows for one table: columns in order, one list of values per column."""

    shape: Shape
    values: list[list[Any]]


@dataclass(slots=True)
class Guard:
    """What makes a unit of work repeat-safe: a statement that yields a row only the first time.

    ``sql`` uses ``$1…$n``; ``is_spent`` tells apart, after it yielded nothing, why.
    """

    sql: str
    values: Sequence[Any]


@dataclass(slots=True)
class RowChange:
    """Pending changes of one loaded row; ``base_version`` is what the row had when it was loaded, if it has one."""

    row: SQLModel
    columns: dict[str, Any]
    base_version: int | None


@dataclass(slots=True)
class WriteBuffer:
    """Rows waiting for the commit, in the order in which they were given."""

    inserts: list[SQLModel] = field(default_factory=list)
    puts: list[SQLModel] = field(default_factory=list)
    changes: dict[int, RowChange] = field(default_factory=dict)
    actions: list[tuple[Any, ...]] = field(default_factory=list)
    outbox: list[tuple[Any, ...]] = field(default_factory=list)

    def is_empty(self) -> bool:
        """Whether nothing is waiting."""
        return not (self.inserts or self.puts or self.changes or self.actions or self.outbox)

    def steps(self) -> list[Step]:
        """The pending rows grouped by table and columns."""
        steps = [_insert_step("insert", rows) for rows in _by_table(self.inserts)]
        steps += [_insert_step("put", rows) for rows in _by_table(_last_of_each(self.puts))]
        groups: dict[tuple[type, tuple[str, ...], bool], list[RowChange]] = {}
        for change in self.changes.values():
            key = (type(change.row), tuple(sorted(change.columns)), change.base_version is not None)
            groups.setdefault(key, []).append(change)
        steps += [_update_step(group) for group in groups.values()]
        if self.actions:
            steps.append(Step(_ACTIONS, [list(column) for column in zip(*self.actions, strict=True)]))
        if self.outbox:
            steps.append(Step(_OUTBOX, [list(column) for column in zip(*self.outbox, strict=True)]))
        return steps


ACTION_COLUMNS = (
    ("aggregate_id", "uuid", "{}"),
    ("version", "integer", "{}"),
    ("aggregate", "text", "{}"),
    ("verb", "text", "{}"),
    ("changes", "text", "{}::jsonb"),
    ("happened_at", "timestamptz", "coalesce({}, now())"),
    ("actor", "text", "{}"),
    ("on_behalf_of", "text", "{}"),
    ("reason", "text", "{}"),
    ("causation_id", "uuid", "{}"),
    ("trace_id", "text", "{}"),
    ("district", "text", "{}"),
)
OUTBOX_COLUMNS = (
    ("transport", "text", "{}"),
    ("key", "text", "{}"),
    ("target", "text", "{}"),
    ("body", "text", "{}::json"),
    ("headers", "text", "{}::json"),
    ("district", "text", "{}"),
    ("is_urgent", "boolean", "{}"),
)
_ACTIONS = Shape("insert", "actions", ACTION_COLUMNS)
_OUTBOX = Shape("insert", "outbox", OUTBOX_COLUMNS)
_ANSWER_COLUMNS = (
    ("principal", "text", "{}"),
    ("operation", "text", "{}"),
    ("key", "uuid", "{}"),
    ("status", "smallint", "{}"),
    ("answer", "text", "{}::json"),
)
_ANSWER = Shape("update", "request_keys", _ANSWER_COLUMNS, ("principal", "operation", "key"))


def answer_step(guard: Guard, answer: tuple[int, str]) -> Step:
    """The answer (status, JSON text) beside the request key that was written when the work began."""
    return Step(_ANSWER, [[value] for value in (*guard.values[:3], *answer)])


def table_of(row: SQLModel | type[SQLModel]) -> Table:
    """The SQLAlchemy table behind a SQLModel row or class."""
    table = row.__table__  # type: ignore[union-attr]
    assert isinstance(table, Table)
    return table


def _by_table(rows: Sequence[SQLModel]) -> list[list[SQLModel]]:
    groups: dict[type[SQLModel], list[SQLModel]] = {}
    for row in rows:
        groups.setdefault(type(row), []).append(row)
    return list(groups.values())


def _last_of_each(rows: Sequence[SQLModel]) -> list[SQLModel]:
    """Rows that are put more than once go in as they were put last: one statement may not touch a row twice."""
    last = {}
    for row in rows:
        key = tuple(vars(row)[column.name] for column in table_of(row).primary_key.columns)
        last[type(row), key] = row
    return list(last.values())


def _insert_step(kind: str, rows: list[SQLModel]) -> Step:
    table = table_of(rows[0])
    columns = columns_of(table).values()
    laid_down = [vars(row) for row in rows]
    values = [[column.encode(row.get(column.name)) for row in laid_down] for column in columns]
    written = [f"coalesce({column.cast}, {column.default})" if column.default else column.cast for column in columns]
    shape_columns = tuple((c.name, c.array_type, how) for c, how in zip(columns, written, strict=True))
    return Step(Shape(kind, table.name, shape_columns, tuple(key.name for key in table.primary_key)), values)


def _update_step(changes: list[RowChange]) -> Step:
    table = table_of(changes[0].row)
    known = columns_of(table)
    keys = tuple(column.name for column in table.primary_key)
    names = sorted(changes[0].columns)
    chosen = [known[name] for name in (*keys, *names)]
    values = [[known[key].encode(getattr(change.row, key)) for change in changes] for key in keys]
    values += [[known[name].encode(change.columns[name]) for change in changes] for name in names]
    is_versioned = changes[0].base_version is not None
    if is_versioned:
        values.append([change.base_version for change in changes])
    shape_columns = tuple((c.name, c.array_type, c.cast) for c in chosen)
    return Step(Shape("update_versioned" if is_versioned else "update", table.name, shape_columns, keys), values)


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL text and, per step, how many rows must have been written for the whole to stand."""

    sql: str
    checked: tuple[int, ...]


@lru_cache(maxsize=512)
def compose(shapes: tuple[Shape, ...], guard_sql: str, guard_values: int) -> Statement:
    """Chain the steps behind the guard into one statement that reports how many rows each checked step wrote."""
    parts: list[str] = []
    reports: list[str] = []
    checked: list[int] = []
    condition = ""
    parameter = guard_values
    if guard_sql:
        parts.append(f"guard AS ({guard_sql})")
        reports.append("(SELECT count(*) FROM guard)")
        condition = " WHERE EXISTS (SELECT 1 FROM guard)"
    for number, shape in enumerate(shapes):
        versioned = shape.kind == "update_versioned"
        arrays = [f"${parameter + n + 1}::{array}[]" for n, (_, array, _) in enumerate(shape.columns)]
        names = [name for name, _, _ in shape.columns]
        aliases = list(names)
        if versioned:
            arrays.append(f"${parameter + len(arrays) + 1}::integer[]")
            aliases.append("base_version")
        parameter += len(arrays)
        source = f"unnest({', '.join(arrays)}) WITH ORDINALITY AS v({', '.join(aliases)}, ordinality)"
        selected = [how.format(f"v.{name}") for name, _, how in shape.columns]
        if shape.kind in ("insert", "put"):
            text = (
                f"INSERT INTO {shape.table} ({', '.join(names)}) "
                f"SELECT {', '.join(selected)} FROM {source}{condition} ORDER BY v.ordinality"
            )
            if shape.kind == "put":
                updates = ", ".join(f"{name} = excluded.{name}" for name in names if name not in shape.keys)
                text += f" ON CONFLICT ({', '.join(shape.keys)}) DO UPDATE SET {updates}"
        else:
            body = list(zip(names, selected, strict=True))[len(shape.keys) :]
            updates = ", ".join(f"{name} = {value}" for name, value in body)
            matches = " AND ".join(f"t.{key} = v.{key}" for key in shape.keys)
            if versioned:
                matches += " AND t.version = v.base_version"
            text = f"UPDATE {shape.table} AS t SET {updates} FROM {source} WHERE {matches} RETURNING 1"
            reports.append(f"(SELECT count(*) FROM s{number})")
            checked.append(number)
        parts.append(f"s{number} AS ({text})")
    select = ", ".join(reports) or "1"
    return Statement(f"WITH {', '.join(parts)} SELECT {select}", tuple(checked))


def columns_kept(row: SQLModel) -> dict[str, Any]:
    """A row's columns: what the action of its creation keeps."""
    laid_down = vars(row)
    return {name: laid_down.get(name) for name in columns_of(table_of(row))}
