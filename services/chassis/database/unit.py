"""The unit of work: one command, one transaction, one commit. Nothing else in the house commits.

A command gets a ``UnitOfWork``, reads through it, tells it what changed and what to say, and returns. ``Units.perform``
sends all of it in one statement and commits, before any answer leaves. Whether that needed a transaction of several
round trips or a single one is decided here and hidden from the command.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import asyncpg
from opentelemetry import trace
from opentelemetry.trace import SpanKind
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.orm import ORMExecuteState, Session
from sqlmodel import SQLModel, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from contracts.envelope import Event
from contracts.topics import topic_of
from services.chassis import clock
from services.chassis.database.group_commit import GroupCommit
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
ScopeRule = Callable[[Principal], Sequence[Any]]

_tracer = trace.get_tracer("sigap.database")


class GuardIsSpent(Exception):
    """The request key or the fact was already worked on: nothing of this try was written."""


class LostRace(Exception):
    """A row changed between our reading and our writing; a machine's try is simply made again."""


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a unit of work runs: what travels on as ``causationid`` and as «on behalf of»."""

    causation_id: UUID | None = None
    on_behalf_of: str | None = None


class _Remembers:
    def __init__(self) -> None:
        self._known: dict[Hashable, Any] = {}

    async def once(self, key: Hashable, read: Callable[[], Awaitable[T]]) -> T:
        """What is read here for the first time and taken as it was from then on."""
        if key not in self._known:
            self._known[key] = await read()
        known: T = self._known[key]
        return known


class UnitOfWork(_Remembers):
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
            session = await self._open()
            last = await session.connection()
            writer = (
                await last.execute(
                    text("SELECT actor FROM actions WHERE aggregate_id = :id ORDER BY version DESC LIMIT 1"),
                    {"id": row_id},
                )
            ).scalar()
            raise StaleVersion(your_version=expected_version, current_version=row.version, last_written_by=writer)
        return row

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
        topic = topic_of(fact.TYPE)
        message_id = clock.new_id()
        fact_id = fact_id or message_id
        headers = {
            "ce_specversion": "1.0",
            "ce_id": str(message_id),
            "ce_source": f"/sigap/{topic.name.split('.', 1)[0]}",
            "ce_type": fact.TYPE,
            "ce_subject": str(about.id),
            "ce_factid": str(fact_id),
            "ce_correlationid": str(about.correlation_id),
            "ce_sequence": str(about.version),
            "ce_district": about.district,
            "ce_actor": self.principal.actor,
            "ce_sensitivity": fact.SENSITIVITY,
            "content-type": "application/json",
        }
        if happened_at is not None:
            headers["ce_time"] = happened_at.isoformat()
        if self.cause.causation_id is not None:
            headers["ce_causationid"] = str(self.cause.causation_id)
        span = _tracer.start_span(
            f"{topic.name} publish",
            kind=SpanKind.PRODUCER,
            attributes={"messaging.system": "kafka", "messaging.destination.name": topic.name, "event.type": fact.TYPE},
        )
        headers["traceparent"] = traceparent_of(span)
        span.end()
        key = str(about.id) if topic.key == "subject" else str(about.correlation_id)
        self._say("kafka", key, topic.name, fact.to_body().decode(), headers, about.district)
        return fact_id

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
        body = {
            "workflow": workflow,
            "workflow_id": workflow_id,
            "signal": signal,
            "event_id": str(clock.new_id()),
            "message": message.model_dump(mode="json"),
            "start": start.model_dump(mode="json"),
            "queue": queue or self._units.queue,
        }
        headers = {"traceparent": current_traceparent(), "case.id": str(about.correlation_id)}
        self._say("temporal", workflow_id, workflow, to_json(body), headers, about.district)

    def feed(self, agency: str, item: dict[str, Any], about: Aggregate) -> None:
        """Put an item into an agency's feed; the relay gives it its position, in order."""
        headers = {"traceparent": current_traceparent(), "fact_id": str(clock.new_id())}
        self._say("feed", agency, agency, to_json(item), headers, about.district)

    # inside

    def _say(self, exit_: str, key: str, target: str, body: str, headers: dict[str, str], district: str) -> None:
        self._buffer.outbox.append((exit_, key, target, body, to_json(headers), district))

    def _act(
        self, row: Aggregate, verb: str, changes: dict[str, Any], happened_at: datetime | None, reason: str | None
    ) -> None:
        context = trace.get_current_span().get_span_context()
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
                f"{context.trace_id:032x}" if context.is_valid else None,
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
        self._said_something = self._said_something or bool(self._buffer.outbox)
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
            self._said_something = bool(self._buffer.outbox)
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
        """Whether the relay has to be woken after the commit."""
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
        scope: ScopeRule = lambda principal: (),
        said: Callable[[], None] = lambda: None,
    ) -> None:
        self.engine = engine
        self.pool = pool
        self.joint = GroupCommit(pool)
        self.queue = queue
        self.scope = scope
        self._said = said

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
                verdict = _verdict(error)
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


class ReadSession(_Remembers):
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
    if state.is_select:
        for criterion in state.session.info.get("scope", ()):
            state.statement = state.statement.options(criterion)


def _verdict(error: Exception) -> type[Exception] | None:
    """What a driver's error means: try again, tell the caller to wait, the database is away, or none of these."""
    cause: BaseException | None = error
    if isinstance(error, DBAPIError):
        if error.connection_invalidated:
            return Unavailable
        cause = error.orig.__cause__ if error.orig is not None and error.orig.__cause__ else error.orig
    match cause:
        case LostRace() | asyncpg.SerializationError() | asyncpg.DeadlockDetectedError():
            return LostRace
        case asyncpg.LockNotAvailableError():
            return StillInFlight
        case _ if is_infrastructure(cause):
            return Unavailable
        case _:
            return None


DATABASE_AWAY = (
    OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError
)  # fmt: skip
"""What our own loops wait out: whatever a connection raises that breaks, in the middle of a preparation too."""


def is_infrastructure(error: BaseException | None) -> bool:
    """Whether the database (not the content) is at fault: wait and try again, uncounted."""
    if isinstance(error, Unavailable):
        return True
    if isinstance(error, DBAPIError):
        return bool(error.connection_invalidated) or is_infrastructure(
            error.orig.__cause__ if error.orig is not None and error.orig.__cause__ else error.orig
        )
    return isinstance(
        error,
        asyncpg.PostgresConnectionError
        | asyncpg.CannotConnectNowError
        | asyncpg.AdminShutdownError
        | asyncpg.CrashShutdownError
        | asyncpg.TooManyConnectionsError
        | asyncpg.DiskFullError
        | asyncpg.ReadOnlySQLTransactionError
        | asyncpg.InterfaceError
        | asyncpg.InternalClientError
        | ConnectionError
        | TimeoutError
        | OSError,
    )


def traceparent_of(span: trace.Span) -> str:
    """The W3C ``traceparent`` of a span."""
    context = span.get_span_context()
    return (
        f"00-{context.trace_id:032x}-{context.span_id:016x}-{int(context.trace_flags):02x}" if context.is_valid else ""
    )


def current_traceparent() -> str:
    """The W3C ``traceparent`` of the span we are in."""
    return traceparent_of(trace.get_current_span())


_SERVER_SETTINGS = {
    "lock_timeout": "4000",
    "tcp_user_timeout": "10000",
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    # A writer that fell silent in the middle of its work lets go of the rows it locked.
    "idle_in_transaction_session_timeout": "10000",
    "jit": "off",
}


def connection_arguments(name: str, *, ends_when_silent_ms: int = 0) -> dict[str, Any]:
    """How every connection of ours is opened: bounded waits for locks, answers and dead peers.

    ``ends_when_silent_ms`` is for a session that holds something between its statements: the server ends it, and what
    it holds, when nothing was heard from us for so long.
    """
    settings = {**_SERVER_SETTINGS, "application_name": name, "idle_session_timeout": str(ends_when_silent_ms)}
    return {"server_settings": settings, "command_timeout": 15}


async def _as_it_is(connection: Any) -> None:
    """Single statements leave nothing behind in a session: no round trip to reset it."""


async def open_units(
    database_url: str,
    *,
    name: str,
    queue: str,
    pool_size: int,
    scope: ScopeRule = lambda principal: (),
    said: Callable[[], None] = lambda: None,
) -> Units:
    """Open both pools lazily: the database may still be away when a process starts."""
    arguments = connection_arguments(name)
    engine = create_async_engine(
        database_url.replace("postgresql://", "postgresql+asyncpg://", 1),
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_pre_ping=False,
        pool_use_lifo=True,
        hide_parameters=True,
        connect_args={**arguments, "timeout": 5},
    )
    pool = asyncpg.create_pool(database_url, min_size=0, max_size=pool_size, timeout=5, reset=_as_it_is, **arguments)
    pool_ready = await asyncio.wait_for(pool, 10)
    assert pool_ready is not None
    return Units(engine=engine, pool=pool_ready, queue=queue, scope=scope, said=said)
