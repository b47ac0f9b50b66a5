"""The agencies' feed: its lines are numbered by the relay, and requests that wait for one are told.

A waiting request holds no connection. One watcher per process listens for all of them; it wakes those of an agency that
was told something, and looks for itself every few seconds, with one query for all, in case that a word was lost.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

import asyncpg

from services.chassis.database import DATABASE_AWAY, connection_arguments
from services.chassis.outbox import OutboxRow, Sent, wait_out
from services.chassis.telemetry import log

CHANNEL = "sigap_feed"
LOOK_EVERY_SECONDS = 5.0
"""A word that is lost costs so long at most."""
ANSWER_WITHIN_SECONDS = 4.0


class FeedTransport:
    """Numbers the agencies' feed, in order, in the same transaction that marks the rows as sent.

    A number taken at insert would skip rows that commit late; here one relay counts, so a cursor skips nothing. Nothing
    passes ahead in a feed: an agency reads its own in one order, and numbering takes no time that others would wait.
    """

    name = "feed"

    async def open(self) -> None:
        """Nothing to connect."""

    async def ask(self) -> None:
        """The feed is where the relay reads."""

    async def send(self, rows: Sequence[OutboxRow], connection: asyncpg.Connection) -> Sent:
        """Append to the feed and mark sent in one statement; tell whose feed it was after its commit."""
        ids = [row.id for row in rows]
        await connection.execute(
            """
            WITH last AS (SELECT coalesce(max(position), 0) AS position FROM feed),
            chosen AS (SELECT o.*, row_number() OVER (ORDER BY id) AS place FROM outbox o
                       WHERE id = ANY($1::bigint[]) AND sent_at IS NULL),
            numbered AS (INSERT INTO feed (position, agency, district, fact_id, body, headers, recorded_at)
                SELECT last.position + place, target, district, (headers->>'fact_id')::uuid, body, headers, recorded_at
                FROM chosen, last ORDER BY id)
            UPDATE outbox SET sent_at = now() WHERE id IN (SELECT id FROM chosen)
            """,
            ids,
        )
        agencies = sorted({row.target for row in rows})
        await connection.execute("SELECT pg_notify($1, agency) FROM unnest($2::text[]) AS agency", CHANNEL, agencies)
        return Sent(confirmed=ids)

    async def close(self) -> None:
        """Nothing to let go."""


class Seat:
    """One request that waits for its agency's news."""

    def __init__(self, agency: str, seconds: float) -> None:
        self.agency = agency
        self.after: int | None = None
        self._until = asyncio.get_running_loop().time() + seconds
        self._told = asyncio.Event()
        self._is_over = False

    async def has_news(self, after: int) -> bool:
        """Wait until there may be lines behind a position.

        False when the time is over, the caller has gone or the process stops: there is nothing more to wait for.
        """
        self.after = after
        if self._is_over or asyncio.get_running_loop().time() >= self._until:
            return False
        try:
            async with asyncio.timeout_at(self._until):
                await self._told.wait()
        except TimeoutError:
            return False
        self._told.clear()
        return not self._is_over

    def tell(self) -> None:
        """There may be news."""
        self._told.set()

    def end(self) -> None:
        """Wait no more."""
        self._is_over = True
        self._told.set()


_WITH_NEWS = """
SELECT place FROM unnest($1::text[], $2::bigint[]) WITH ORDINALITY AS waiting(agency, after, place)
WHERE after IS NULL
   OR EXISTS (SELECT 1 FROM feed f WHERE f.agency = waiting.agency AND f.position > waiting.after)
"""


class FeedWatch:
    """Wakes the requests of this process that wait for news of an agency.

    It connects when the first one waits, and goes on listening. ``at_most``, ``at_most_per_agency``: how many may wait;
    whoever comes above that does not wait, nor does anybody while the watch does not run.
    """

    def __init__(self, database_url: str, *, at_most: int, at_most_per_agency: int) -> None:
        self._database_url = database_url
        self._at_most = at_most
        self._at_most_per_agency = at_most_per_agency
        self._seats: dict[str, list[Seat]] = {}
        self._wanted = asyncio.Event()
        self._disturbed = asyncio.Event()
        self._is_open = False

    @property
    def waiting(self) -> int:
        """How many requests wait now."""
        return sum(map(len, self._seats.values()))

    @asynccontextmanager
    async def seat(
        self, agency: str, seconds: float, hung_up: Callable[[], Coroutine[Any, Any, None]]
    ) -> AsyncIterator[Seat]:
        """A place to wait in for so long at most, or until ``hung_up`` returns because the caller has gone.

        Taken before the first look at the feed, it misses nothing that comes after that look.
        """
        seat = Seat(agency, seconds)
        if seconds <= 0 or not self._has_room(agency):
            seat.end()
            yield seat
            return
        self._seats.setdefault(agency, []).append(seat)
        self._wanted.set()
        gone = asyncio.create_task(hung_up())
        gone.add_done_callback(lambda _: seat.end())
        try:
            yield seat
        finally:
            self._leave(seat)
            gone.cancel()
            await asyncio.gather(gone, return_exceptions=True)

    async def run(self, stop: asyncio.Event) -> None:
        """Watch until told to stop, which ends every wait at once; a database that is away is waited out."""
        leaving = asyncio.create_task(stop.wait())
        leaving.add_done_callback(lambda _: self._close())
        self._is_open = not stop.is_set()

        def say(error: Exception) -> None:
            log().warning("feed_watch_waits", error=type(error).__name__)

        try:
            await wait_out(self._serve, stop, DATABASE_AWAY, say)
        finally:
            leaving.cancel()

    async def _serve(self, stop: asyncio.Event) -> None:
        while not self._seats and not stop.is_set():
            self._wanted.clear()
            await self._wanted.wait()
        if stop.is_set():
            return
        connection = await asyncpg.connect(self._database_url, timeout=5, **connection_arguments("feed-watch"))
        try:
            connection.add_termination_listener(lambda _: self._disturbed.set())
            await connection.add_listener(CHANNEL, self._hear)
            while not stop.is_set():
                self._disturbed.clear()
                if connection.is_closed():
                    raise ConnectionResetError
                await self._look(connection)
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._disturbed.wait(), LOOK_EVERY_SECONDS)
        finally:
            connection.terminate()

    async def _look(self, connection: asyncpg.Connection) -> None:
        """Wake whoever has news already: what was said before we listened, or was never heard."""
        seats = [seat for waiting in self._seats.values() for seat in waiting]
        if seats:
            positions = [seat.after for seat in seats]
            asked = ([seat.agency for seat in seats], positions)
            for row in await connection.fetch(_WITH_NEWS, *asked, timeout=ANSWER_WITHIN_SECONDS):
                seats[row["place"] - 1].tell()

    def _hear(self, connection: Any, pid: int, channel: str, agency: Any) -> None:
        for seat in self._seats.get(agency, ()):
            seat.tell()

    def _has_room(self, agency: str) -> bool:
        of_agency = len(self._seats.get(agency, ()))
        return self._is_open and of_agency < self._at_most_per_agency and self.waiting < self._at_most

    def _leave(self, seat: Seat) -> None:
        waiting = self._seats[seat.agency]
        waiting.remove(seat)
        if not waiting:
            del self._seats[seat.agency]

    def _close(self) -> None:
        self._is_open = False
        self._wanted.set()
        self._disturbed.set()
        for waiting in self._seats.values():
            for seat in waiting:
                seat.end()
