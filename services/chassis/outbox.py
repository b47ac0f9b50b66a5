"""The relay: carries committed outbox rows out, in order per key, through three transports.

One relay per service and transport is active, by an advisory lock on the very connection that reads and marks. A row is
marked sent only after the other side confirmed it; a crash in between sends it again, and the receivers are built for
that. A key whose send failed is held back while the others go on; a row that can never be sent is set aside and holds
its key until somebody mends or drops it. Urgent rows go before those of other keys, with whatever their own key has
before them; a part of every batch stays with what has waited longest, so that nothing starves.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

import asyncpg
from opentelemetry import trace
from opentelemetry.trace import SpanKind

from services.chassis.clock import Pace
from services.chassis.database import DATABASE_AWAY, connection_arguments
from services.chassis.settings import ServiceSettings
from services.chassis.telemetry import log

CHANNEL = "sigap_outbox"
WAKE_AGAIN_SECONDS = 0.01
LONGEST_POLL_SECONDS = 1.0
"""While nothing comes, a relay looks ever more rarely for what nobody woke it for."""
LONGEST_PAUSE_SECONDS = 5.0
ASK_EVERY_SECONDS = 2.0
ANSWER_WITHIN_SECONDS = 4.0
LOCK_OUTLIVES_US_MS = 20_000
STAND_BY_SECONDS = 0.5
PRUNE_EVERY_SECONDS = 3600
CLOCK_MAY_JUMP = timedelta(minutes=5)
URGENT_SHARE = 0.75
"""How much of a batch the keys with urgent rows may take; the rest goes by age, whatever it is."""
_tracer = trace.get_tracer("sigap.relay")


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """One committed message as a transport sees it. ``body`` and ``headers`` are JSON text."""

    id: int
    key: str
    target: str
    body: str | None
    headers: str
    district: str
    recorded_at: datetime


class NeverSendable(Exception):
    """This row can never leave as it is (too large, refused for its content)."""


@dataclass(slots=True)
class Sent:
    """What became of a batch: ids that were confirmed, keys to hold for a while, rows to set aside with their
    reason."""

    confirmed: list[int] = field(default_factory=list)
    held_keys: set[str] = field(default_factory=set)
    impossible: list[tuple[int, str]] = field(default_factory=list)


class OutboxTransport(Protocol):
    """A way out of the outbox."""

    name: str

    async def open(self) -> None:
        """Connect; called again after a failure."""
        ...

    async def ask(self) -> None:
        """Raise when the other side does not answer: an idle relay would not notice."""
        ...

    async def send(self, rows: Sequence[OutboxRow], connection: asyncpg.Connection) -> Sent:
        """Send rows in the order given; raise when the other side is away as a whole."""
        ...

    async def close(self) -> None:
        """Let go."""
        ...


_SELECT = """
WITH sendable AS NOT MATERIALIZED (
    SELECT id, key, target, body, headers, district, recorded_at, is_urgent FROM outbox o
    WHERE transport = $1 AND sent_at IS NULL AND unsendable_at IS NULL AND key <> ALL($2::text[])
      AND NOT EXISTS (SELECT 1 FROM outbox p WHERE p.transport = o.transport AND p.key = o.key
                      AND p.unsendable_at IS NOT NULL AND p.sent_at IS NULL)
), urgent_keys AS MATERIALIZED (
    SELECT DISTINCT key FROM (SELECT key FROM sendable WHERE is_urgent ORDER BY id LIMIT $4) urgent
), ahead AS MATERIALIZED (
    SELECT of_key.* FROM urgent_keys CROSS JOIN LATERAL (
        SELECT * FROM sendable WHERE sendable.key = urgent_keys.key ORDER BY id LIMIT $4) of_key
    ORDER BY id LIMIT $4
), oldest AS (
    SELECT * FROM sendable WHERE id NOT IN (SELECT id FROM ahead)
    ORDER BY id LIMIT $3 - (SELECT count(*) FROM ahead)
)
SELECT id, key, target, body, headers, district, recorded_at
FROM (SELECT 1 AS part, * FROM ahead UNION ALL SELECT 2, * FROM oldest) batch ORDER BY part, id
"""
"""Of each key its oldest rows, in their order: what an urgent row has before it in its key goes with it."""


class Relay:
    """The loop of one transport."""

    def __init__(self, database_url: str, transport: OutboxTransport, *, batch_rows: int, poll_ms: int) -> None:
        self._database_url = database_url
        self._transport = transport
        self._batch_rows = batch_rows
        self._urgent_rows = int(batch_rows * URGENT_SHARE)
        self._poll_seconds = poll_ms / 1000
        self._held: dict[str, tuple[float, float]] = {}
        self._woken = asyncio.Event()
        self.is_active = False
        self.last_turn = 0.0
        self.stood_by = False

    @property
    def transport_name(self) -> str:
        """Which way out this loop serves."""
        return self._transport.name

    async def run(self, stop: asyncio.Event) -> None:
        """Relay until told to stop; every failure of the infrastructure is waited out."""

        def say(error: Exception) -> None:
            log().warning("relay_waits", transport=self._transport.name, error=type(error).__name__)

        await wait_out(self._serve, stop, (*DATABASE_AWAY, TransportAway), say)
        await self._transport.close()

    async def _serve(self, stop: asyncio.Event) -> None:
        connection = await asyncpg.connect(
            self._database_url,
            timeout=5,
            **connection_arguments(f"relay-{self._transport.name}", ends_when_silent_ms=LOCK_OUTLIVES_US_MS),
        )
        try:
            async for _ in lock_when_free(connection, f"relay:{self._transport.name}", stop):
                self.stood_by = True
                self.last_turn = time.monotonic()
            if stop.is_set():
                return
            self.stood_by = False
            await connection.add_listener(CHANNEL, lambda *_: self._woken.set())
            await self._transport.open()
            asked, rest = 0.0, 0.0
            while not stop.is_set():
                if time.monotonic() - asked > ASK_EVERY_SECONDS:
                    await asyncio.wait_for(self._transport.ask(), ANSWER_WITHIN_SECONDS)
                    asked = time.monotonic()
                self.is_active = True
                self._woken.clear()
                self.last_turn = time.monotonic()
                if await self.turn(connection):
                    continue
                rest = self._poll_seconds if self._held else self._next_rest(rest)
                try:
                    await asyncio.wait_for(self._woken.wait(), rest)
                    rest = 0.0
                except TimeoutError:
                    pass
        finally:
            self.is_active = False
            connection.terminate()

    def _next_rest(self, last: float) -> float:
        return max(self._poll_seconds, min(last * 2, LONGEST_POLL_SECONDS))

    async def turn(self, connection: asyncpg.Connection) -> bool:
        """Send one batch; True when there may be more."""
        now = time.monotonic()
        held = [key for key, (until, _) in self._held.items() if until > now]
        records = await connection.fetch(_SELECT, self._transport.name, held, self._batch_rows, self._urgent_rows)
        if not records:
            return False
        rows = [OutboxRow(*record.values()) for record in records]
        with _tracer.start_as_current_span(
            f"relay {self._transport.name}", kind=SpanKind.INTERNAL, attributes={"outbox.rows": len(rows)}
        ):
            sent = await self._transport.send(rows, connection)
            if sent.confirmed:
                await connection.execute(
                    "UPDATE outbox SET sent_at = now() WHERE id = ANY($1::bigint[])", sent.confirmed
                )
            for row_id, reason in sent.impossible:
                await connection.execute(
                    "UPDATE outbox SET unsendable_at = now(), error = $2 WHERE id = $1", row_id, reason
                )
                log().error("outbox_row_unsendable", transport=self._transport.name, outbox_id=row_id, reason=reason)
        for key in sent.held_keys:
            _, last = self._held.get(key, (0.0, 0.1))
            pause = min(last * 2, 30.0)
            self._held[key] = (time.monotonic() + pause, pause)
        if sent.confirmed:
            done = set(sent.confirmed)
            for row in rows:
                if row.id in done and row.key not in sent.held_keys:
                    self._held.pop(row.key, None)
        return (bool(sent.confirmed) and len(rows) == self._batch_rows) or bool(sent.impossible)


class TransportAway(Exception):
    """The other side as a whole cannot be reached: wait, nothing is lost."""


class OutboxNotifier:
    """Wakes relay and sweeper after commits: NOTIFY on a connection of its own, coalesced, never inside the commit.

    NOTIFY inside the writing transaction would serialise all commits of the service, and each one is a commit of its
    own: the first goes out at once, the next after a pause that takes in what was said meanwhile.
    """

    def __init__(self, database_url: str) -> None:
        self._database_url = database_url
        self._said = asyncio.Event()

    def __call__(self) -> None:
        """Something was said; cheap enough for every commit."""
        self._said.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Pass the word on until told to stop; while the database is away the relay's own poll serves."""
        connection: asyncpg.Connection | None = None
        while not stop.is_set():
            try:
                await asyncio.wait_for(self._said.wait(), 1.0)
            except TimeoutError:
                continue
            self._said.clear()
            try:
                if connection is None or connection.is_closed():
                    connection = await asyncpg.connect(
                        self._database_url, timeout=5, **connection_arguments("notifier")
                    )
                await connection.execute(f"NOTIFY {CHANNEL}")
                await asyncio.sleep(WAKE_AGAIN_SECONDS)
            except DATABASE_AWAY:
                if connection is not None:
                    connection.terminate()
                self._said.set()
                await asyncio.sleep(0.2)
        if connection is not None:
            await connection.close(timeout=1)


async def prune(connection: asyncpg.Connection, *, outbox_days: int, inbox_days: int, request_key_days: int) -> int:
    """Delete sent outbox rows, inbox rows, request keys and ended sessions past their age; returns how many."""
    total = 0
    for statement, days in (
        ("DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE sent_at < now() - $1::int * interval '1 day'"
         " LIMIT 10000)", outbox_days),
        ("DELETE FROM inbox WHERE fact_id IN (SELECT fact_id FROM inbox WHERE received_at < now() - $1::int *"
         " interval '1 day' LIMIT 10000)", inbox_days),
        ("DELETE FROM request_keys WHERE ctid IN (SELECT ctid FROM request_keys WHERE recorded_at < now() - $1::int *"
         " interval '1 day' LIMIT 10000)", request_key_days),
        ("DELETE FROM sessions WHERE ends_at < now() - $1::int * interval '1 day'", 1),
    ):  # fmt: skip
        status = await connection.execute(statement, days)
        total += int(status.rsplit(" ", 1)[-1])
    return total


async def keep_pruned(settings: ServiceSettings, stop: asyncio.Event) -> None:
    """Prune now and then until told to stop."""
    # A database clock that jumps ahead would have everything deleted that was said and heard lately.
    pace = Pace(CLOCK_MAY_JUMP)
    while not stop.is_set():
        with contextlib.suppress(*DATABASE_AWAY):
            connection = await asyncpg.connect(settings.database_url, timeout=5, **connection_arguments("pruner"))
            try:
                jumped = pace.jumped(await connection.fetchval("SELECT now()"))
                if jumped is not None:
                    log().error("database_clock_jumped", seconds=int(jumped.total_seconds()))
                else:
                    await prune(
                        connection,
                        outbox_days=settings.outbox_keep_days,
                        inbox_days=settings.inbox_keep_days,
                        request_key_days=settings.request_key_keep_days,
                    )
            finally:
                await connection.close(timeout=2)
        await pause(stop, PRUNE_EVERY_SECONDS)


async def lock_when_free(connection: asyncpg.Connection, name: str, stop: asyncio.Event) -> AsyncIterator[None]:
    """Take the advisory lock of the one active process; yields each time that another still has it.

    Without the lock it ends only when told to stop.
    """
    while not await connection.fetchval("SELECT pg_try_advisory_lock(hashtextextended($1, 0))", name):
        yield
        if await pause(stop, STAND_BY_SECONDS):
            return


async def wait_out(
    serve: Callable[[asyncio.Event], Awaitable[None]],
    stop: asyncio.Event,
    away: tuple[type[Exception], ...],
    say: Callable[[Exception], None],
) -> None:
    """Serve until told to stop; what fails because somebody is away is said, and served again after a growing pause.

    What had gone well for longer than the longest pause begins with the shortest one again.
    """
    wait = 0.1
    while not stop.is_set():
        began = time.monotonic()
        try:
            await serve(stop)
            wait = 0.1
        except away as error:
            say(error)
            if time.monotonic() - began > LONGEST_PAUSE_SECONDS:
                wait = 0.1
            await pause(stop, wait)
            wait = min(wait * 2, LONGEST_PAUSE_SECONDS)


async def pause(stop: asyncio.Event, seconds: float) -> bool:
    """Wait, but not past the stop; True when it is time to stop."""
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return False
    return True
