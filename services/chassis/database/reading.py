"""What queries read through: a session that only reads, within the caller's scope."""

from collections.abc import Awaitable, Callable, Hashable
from typing import Any, TypeVar

from sqlalchemy import event, text
from sqlalchemy.orm import ORMExecuteState, Session
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from services.chassis.principal import Principal

T = TypeVar("T")

Gauge = tuple[str, dict[str, str], float]
"""What a figure reads now: its metric, its labels, its value."""


class Remembers:
    """Asks once and keeps the answer, for the life of one session or unit of work."""

    def __init__(self) -> None:
        self._known: dict[Hashable, Any] = {}

    async def once(self, key: Hashable, read: Callable[[], Awaitable[T]]) -> T:
        """What is read here for the first time and taken as it was from then on."""
        if key not in self._known:
            self._known[key] = await read()
        known: T = self._known[key]
        return known


class ReadSession(Remembers):
    """What queries read through: no way to write leads out of it."""

    def __init__(self, session: AsyncSession, principal: Principal) -> None:
        super().__init__()
        self._session = session
        self.principal = principal

    async def all(self, query: SelectOfScalar[T]) -> list[T]:
        """All results of a query on one class or column."""
        rows = list((await self._session.exec(query)).all())
        self._session.expunge_all()
        return rows

    async def first(self, query: SelectOfScalar[T]) -> T | None:
        """The first result, or nothing."""
        rows = await self.all(query.limit(1))
        return rows[0] if rows else None

    async def rows(self, sql: str, **values: Any) -> list[Any]:
        """Rows of a hand-written query; use it from a repository only, and name the district in it."""
        connection = await self._session.connection()
        return list((await connection.execute(text(sql), values)).mappings().all())


@event.listens_for(Session, "do_orm_execute")
def _stay_in_scope(state: ORMExecuteState) -> None:
    """Narrow every ORM query to what the caller may see: no query can forget it."""
    if state.is_select and "scope" in state.session.info:
        state.statement = state.session.info["scope"].narrowed(state.statement)
