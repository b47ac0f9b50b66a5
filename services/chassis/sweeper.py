"""The sweeper: one loop per service that has done what is due, by the instants that rows carry.

It asks by index for the earliest instant and sleeps until then; a commit that sets one wakes it. One per service is
active, by an advisory lock as the relay's. The lock saves work, it guards nothing: what is claimed carries a lease, so
that a set whose process died is claimed again, and two sweepers at once would only share the rows.
"""

import asyncio
import time
from datetime import datetime, timedelta
from typing import Protocol

import asyncpg

from services.chassis.clock import Pace
from services.chassis.database import DATABASE_AWAY, connection_arguments
from services.chassis.errors import Unavailable
from services.chassis.outbox import CHANNEL, lock_when_free, wait_out
from services.chassis.telemetry import log

LOOK_EVERY = timedelta(seconds=5)
"""A word that is lost costs so long at most; while the database's clock is not believed it is looked at so often."""
BREATH_SECONDS = 0.2
LOCK_OUTLIVES_US_MS = 120_000


class Sweep(Protocol):
    """What a service does with its rows."""

    @property
    def next_due(self) -> str:
        """A query of one value: the earliest instant that a row carries, by its index."""
        ...

    async def turn(self, stop: asyncio.Event) -> bool:
        """Do one set of what is due; False when nothing could be claimed. Begins nothing more once told to stop."""
        ...

    async def look_at_all(self) -> None:
        """Make everything due: instants that were set by a wrong clock mean nothing."""
        ...

    async def close(self) -> None:
        """Let go of what it holds outside the database."""
        ...


class Sweeper:
    """The loop."""

    def __init__(self, database_url: str, sweep: Sweep, pace: Pace) -> None:
        self._database_url = database_url
        self._sweep = sweep
        self._pace = pace
        self._clock_is_wrong = False
        self._woken = asyncio.Event()
        self.is_active = False
        self.stood_by = False
        self.last_turn = 0.0

    async def run(self, stop: asyncio.Event) -> None:
        """Sweep until told to stop; every failure of the infrastructure is waited out."""
        leaving = asyncio.create_task(stop.wait())
        leaving.add_done_callback(lambda _: self._woken.set())

        def say(error: Exception) -> None:
            log().warning("sweeper_waits", error=type(error).__name__)

        try:
            await wait_out(self._serve, stop, (*DATABASE_AWAY, Unavailable), say)
        finally:
            await self._sweep.close()

    async def _serve(self, stop: asyncio.Event) -> None:
        arguments = connection_arguments("sweeper", ends_when_silent_ms=LOCK_OUTLIVES_US_MS)
        connection = await asyncpg.connect(self._database_url, timeout=5, **arguments)
        try:
            async for _ in lock_when_free(connection, "sweeper", stop):
                self.stood_by = True
                self.last_turn = time.monotonic()
            if stop.is_set():
                return
            self.stood_by = False
            await connection.add_listener(CHANNEL, lambda *_: self._woken.set())
            while not stop.is_set():
                self.is_active = True
                self.last_turn = time.monotonic()
                self._woken.clear()
                wait = await self._until_due(connection)
                if wait <= timedelta(0):
                    wait = timedelta(0) if await self._sweep.turn(stop) else timedelta(seconds=BREATH_SECONDS)
                if wait and not stop.is_set():
                    await self._sleep(min(wait, LOOK_EVERY))
        finally:
            self.is_active = False
            connection.terminate()

    async def _until_due(self, connection: asyncpg.Connection) -> timedelta:
        row = await connection.fetchrow(f"SELECT clock_timestamp() AS now, ({self._sweep.next_due}) AS due")
        now: datetime = row["now"]
        due: datetime | None = row["due"]
        jumped = self._pace.jumped(now)
        if jumped is not None:
            if not self._clock_is_wrong:
                log().error("database_clock_jumped", seconds=int(jumped.total_seconds()))
            self._clock_is_wrong = True
            return LOOK_EVERY
        if self._clock_is_wrong:
            await self._sweep.look_at_all()
            self._clock_is_wrong = False
            return timedelta(0)
        return due - now if due is not None else LOOK_EVERY

    async def _sleep(self, longest: timedelta) -> None:
        try:
            await asyncio.wait_for(self._woken.wait(), longest.total_seconds())
        except TimeoutError:
            pass
