"""The unit of work: one command, one transaction, one commit. Nothing else in the house commits.

A command gets a ``UnitOfWork``, reads through it, tells it what changed and what to say, and returns. ``Units.perform``
sends all of it in one statement and commits, before any answer leaves. Whether that needed a transaction of several
round trips or a single one is decided here and hidden from the command.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import asyncpg
from opentelemetry import trace
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlmodel import SQLModel, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from contracts.envelope import Event
from services.chassis import clock
from services.chassis.database import outgoing
from services.chassis.database.faults import GuardIsSpent, LostRace, is_infrastructure, verdict_of
from services.chassis.database.group_commit import GroupCommit
from services.chassis.database.reading import ReadSession, Remembers
from services.chassis.database.scope import ScopeRule, district_scope
from services.chassis.database.tables import Aggregate
from services.chassis.database.writer import (
    Guard,
    RowChange,
    Step,
    WriteBuffer,
    answer_step,
    columns_kept,
    compose,
    to_json,
)
from services.chassis.errors import NotFound, StaleVersion, StillInFlight, Unavailable
from services.chassis.principal import Principal

T = TypeVar("T")
A = TypeVar("A", bound=Aggregate)


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a unit of work runs: what travels on as ``causationid`` and as «on behalf of»."""

    causation_id: UUID | None = None
    on_behalf_of: str | None = None


class UnitOfWork(Remembers):
    """What a command reads and writes through. Made by ``Units.perform`` only."""

    def __init__(self, units: "Units", principal: Principal, guard: Guard | None, cause: Cause) -> None:
        super().__init__()
        self.principal = principal
        self.cause = cause
        self._units = units
        self._guard = guard
        self._buffer = WriteBuffer()
        self._created: set[int] = set()
        self._connection: AsyncConnection | None = None
        self._session: AsyncSession | None = None
        self._now: datetime | None = None
        self._said_something = False

    # reading

    async def now(self) -> datetime:
        """The transaction's database time."""
        await self._open()
        assert self._now is not None
        return self._now

    async def all(self, query: SelectOfScalar[T]) -> list[T]:
        """Rows of a query as plain values, with what this unit of work has written so far.

        Changes of them go through ``change`` or ``set``.
        """
        session = await self._flushed()
        rows = list((await session.exec(query)).all())
        session.expunge_all()
        return rows

    async def first(self, query: SelectOfScalar[T]) -> T | None:
        """The first row of a query, or nothing."""
        rows = await self.all(query.limit(1))
        return rows[0] if rows else None

    async def scalars(self, query: SelectOfScalar[T]) -> list[T]:
        """Single values of a query."""
        session = await self._flushed()
        return list((await session.exec(query)).all())

    async def locked(self, kind: type[A], row_id: UUID, expected_version: int | None = None) -> A:
        """An aggregate's row, locked until the commit.

        A command reads its service whole, so that its rules see everything; what the caller may touch is decided here
        by district and by the command's access rules. Raises ``NotFound``, and ``StaleVersion`` (naming both versions
        and who wrote the last one) when the caller expected another version.
        """
        row = await self.first(select(kind).where(kind.id == row_id).with_for_update())
        if row is None or not self.principal.covers(row.district):
            raise NotFound(kind=kind.__tablename__)  # type: ignore[arg-type]
        if expected_version is not None and row.version != expected_version:
            wrote = "SELECT actor FROM actions WHERE aggregate_id = :id ORDER BY version DESC LIMIT 1"
            writer = next((action["actor"] for action in await self.rows(wrote, id=row_id)), None)
            raise StaleVersion(your_version=expected_version, current_version=row.version, last_written_by=writer)
        return row

    async def rows(self, sql: str, **values: Any) -> list[Any]:
        """Rows of a hand-written query, as a ``ReadSession`` gives them; use it from a repository only."""
        return list((await self.execute(sql, **values)).mappings().all())

    async def execute(self, sql: str, **values: Any) -> Any:
        """A set-based statement that belongs to this transaction; use it from a repository only."""
        session = await self._flushed()
        return await (await session.connection()).execute(text(sql), values)

    # writing

    def create(
        self, row: Aggregate, verb: str, *, happened_at: datetime | None = None, reason: str | None = None
    ) -> None:
        """A new aggregate and the action that brought it forth."""
        self._buffer.inserts.append(row)
        self._created.add(id(row))
        self._act(row, verb, columns_kept(row), happened_at, reason)

    def change(
        self,
        row: Aggregate,
        verb: str,
        *,
        happened_at: datetime | None = None,
        reason: str | None = None,
        **changes: Any,
    ) -> None:
        """Change a locked aggregate: the row, its version and the action that tells why."""
        base_version = row.version
        changes["version"] = row.version + 1
        for name, value in changes.items():
            setattr(row, name, value)
        if id(row) not in self._created:
            pending = self._buffer.changes.setdefault(id(row), RowChange(row, {}, base_version))
            pending.columns.update(changes)
        self._act(row, verb, changes, happened_at, reason)

    def insert(self, *rows: SQLModel) -> None:
        """Rows without a life of their own: they are facts, written once."""
        self._buffer.inserts.extend(rows)
        self._created.update(id(row) for row in rows)

    def put(self, *rows: SQLModel) -> None:
        """Our copy of somebody else's fact: insert, or replace what we had under the same primary key."""
        self._buffer.puts.extend(rows)

    def set(self, row: SQLModel, **changes: Any) -> None:
        """Change a row that is not an aggregate (a copy, a delivery state)."""
        for name, value in changes.items():
            setattr(row, name, value)
        if id(row) not in self._created:
            pending = self._buffer.changes.setdefault(id(row), RowChange(row, {}, None))
            pending.columns.update(changes)

    # saying

    def publish(
        self, fact: Event, about: Aggregate, *, happened_at: datetime | None = None, fact_id: UUID | None = None
    ) -> UUID:
        """Say a fact about an aggregate; it leaves through the outbox with this transaction.

        Answers the fact's id: a second version of the same fact, said beside the first, is given it.
        """
        message_id = clock.new_id()
        said = outgoing.Said(fact, about, fact_id or message_id, happened_at, self.principal.actor)
        row = outgoing.fact_row(said, message_id=message_id, causation_id=self.cause.causation_id)
        self._buffer.outbox.append(row)
        if self._units.keeps is not None:
            self._buffer.puts.append(self._units.keeps(said))
        return said.fact_id

    def signal(
        self,
        workflow: str,
        workflow_id: str,
        signal: str,
        message: Any,
        *,
        start: Any,
        about: Aggregate,
        queue: str = "",
    ) -> None:
        """Tell a workflow what was learnt, starting it when it does not run (signal-with-start, by event id)."""
        row = outgoing.signal_row(
            workflow, workflow_id, signal, message, start=start, about=about, queue=queue or self._units.queue
        )
        self._buffer.outbox.append(row)

    def feed(self, agency: str, item: dict[str, Any], about: Aggregate) -> None:
        """Put an item into an agency's feed; the relay gives it its position, in order."""
        self._buffer.outbox.append(outgoing.feed_row(agency, item, about))

    def wake(self) -> None:
        """A row was given an instant: the sweeper looks again after the commit."""
        self._said_something = True

    # inside

    def _act(
        self, row: Aggregate, verb: str, changes: dict[str, Any], happened_at: datetime | None, reason: str | None
    ) -> None:
        self._buffer.actions.append(
            (
                row.id,
                row.version,
                row.__tablename__,
                verb,
                to_json(changes),
                happened_at,
                self.principal.actor,
                self.cause.on_behalf_of,
                reason,
                self.cause.causation_id,
                outgoing.current_trace_id(),
                row.district,
            )
        )

    async def _open(self) -> AsyncSession:
        if self._session is None:
            self._connection = await self._units.engine.connect()
            self._session = AsyncSession(bind=self._connection, autoflush=False, expire_on_commit=False)
            sql, values = "SELECT now(), 1 AS times", ()
            if self._guard is not None:
                sql = f"WITH guard AS ({self._guard.sql}) SELECT now(), count(*) AS times FROM guard"
                values = tuple(self._guard.values)
            opened = (await self._connection.exec_driver_sql(sql, values)).mappings().one()
            self._now = opened["now"]
            if opened["times"] == 0:
                raise GuardIsSpent
        return self._session

    async def _driver(self) -> Any:
        assert self._connection is not None
        raw = await self._connection.get_raw_connection()
        return raw.driver_connection

    async def _flushed(self) -> AsyncSession:
        """The session, after writing what is pending, so that a read sees it."""
        session = await self._open()
        if not self._buffer.is_empty():
            await self._flush()
        return session

    async def _flush(self, last: Sequence[Step] = ()) -> None:
        steps = [*self._buffer.steps(), *last]
        if not steps:
            return
        self._said_something |= bool(self._buffer.outbox)
        statement = compose(tuple(step.shape for step in steps), "", 0)
        values = [column for step in steps for column in step.values]
        counts = await (await self._driver()).fetchrow(statement.sql, *values)
        for position, number in enumerate(statement.checked):
            if counts[position] != len(steps[number].values[0]):
                raise LostRace
        self._buffer = WriteBuffer()
        self._created = set()

    async def commit(self, answer: tuple[int, str] | None) -> None:
        """Write everything, with the answer (status, JSON text), and commit. Called by ``Units`` alone."""
        if self._connection is None:
            steps = self._buffer.steps()
            shapes = tuple(step.shape for step in steps)
            values = [column for step in steps for column in step.values]
            self._said_something |= bool(self._buffer.outbox)
            guard = self._guard
            if guard is None and not steps:
                return
            guard_values = list(guard.values) if guard else []
            if guard is not None and answer is not None:
                guard_values[-2:] = answer
            statement = compose(shapes, guard.sql if guard else "", len(guard_values))
            counts = await self._units.joint.fetchrow(statement.sql, [*guard_values, *values])
            if guard is not None and counts[0] == 0:
                raise GuardIsSpent
            return
        await self._flush([answer_step(self._guard, answer)] if self._guard and answer else [])
        await self._connection.commit()

    @property
    def said_something(self) -> bool:
        """Whether relay and sweeper have to be woken after the commit."""
        return self._said_something

    async def release(self) -> None:
        """Give the connection back; whatever was not committed is rolled back.

        A broken connection is let go without a word: what went wrong is told by the work itself.
        """
        if self._connection is None:
            return
        try:
            if self._session is not None:
                await self._session.close()
            await self._connection.close()
        except Exception as error:
            if not is_infrastructure(error):
                raise
            if not self._connection.closed:
                await self._connection.invalidate(error)
                await self._connection.close()


class Units:
    """Makes units of work and read sessions for one process of one service."""

    def __init__(
        self,
        *,
        engine: AsyncEngine,
        pool: asyncpg.Pool,
        queue: str,
        scope: ScopeRule = district_scope,
        said: Callable[[], None] = lambda: None,
        keeps: outgoing.Keeps | None = None,
    ) -> None:
        self.engine = engine
        self.pool = pool
        self.joint = GroupCommit(pool)
        self.queue = queue
        self.scope = scope
        self._said = said
        self.keeps = keeps

    async def perform(
        self,
        work: Callable[[UnitOfWork], Awaitable[T]],
        *,
        principal: Principal,
        guard: Guard | None = None,
        cause: Cause | None = None,
        answer: Callable[[T], tuple[int, str]] | None = None,
        tries: int = 4,
    ) -> T:
        """Run one command and commit.

        A machine's lost race, a deadlock or a serialization failure is tried again, up to ``tries`` times, and so is
        guarded work whose connection broke: the guard tells whether the broken try had been committed. Raises
        whatever the command raised (nothing of it is then written), ``GuardIsSpent`` when this key or fact was worked
        on before, ``StillInFlight`` when the same request, still in flight, holds the lock too long, ``Unavailable``
        when the database is away.
        """
        for attempt in range(1, tries + 1):
            uow = UnitOfWork(self, principal, guard, cause or Cause())
            try:
                result = await work(uow)
                await uow.commit(answer(result) if answer else None)
            except Exception as error:
                verdict = verdict_of(error)
                if attempt < tries and (verdict is LostRace or (verdict is Unavailable and guard is not None)):
                    trace.get_current_span().add_event("transaction.tried_again", {"error.type": type(error).__name__})
                    await asyncio.sleep(0.005 * attempt)
                    continue
                if verdict is LostRace:
                    raise StillInFlight from None
                if verdict is not None:
                    raise verdict() from None
                raise
            finally:
                await uow.release()
            if uow.said_something:
                self._said()
            return result
        raise AssertionError("unreachable")

    @asynccontextmanager
    async def reading(self, principal: Principal) -> AsyncIterator["ReadSession"]:
        """A session that only reads, within the caller's scope."""
        async with AsyncSession(self.engine, autoflush=False) as session:
            session.info["scope"] = self.scope(principal)
            session.info["read_only"] = True
            yield ReadSession(session, principal)

    async def close(self) -> None:
        """Close both pools."""
        await self.engine.dispose()
        await self.pool.close()
