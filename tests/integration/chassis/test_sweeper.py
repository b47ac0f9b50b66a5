"""The sweeper: asleep until an instant comes or somebody says so, one at a time, not led by a wrong clock."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import asyncpg
import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from services.chassis.clock import Pace
from services.chassis.outbox import CHANNEL
from services.chassis.sweeper import Sweeper
from tests.support.engines import Stack
from tests.support.eventually import eventually

FAR = "interval '1 hour'"


@dataclass
class Rows:
    """Rows with instants, and what was done with them."""

    connection: Any
    url: str
    done: list[int] = field(default_factory=list)
    looks: int = 0
    revisits: int = 0
    stopwatch: float = 0.0
    is_closed: bool = False

    next_due = "SELECT min(due_at) FROM due_rows"

    async def turn(self, stop: asyncio.Event) -> bool:
        self.looks += 1
        async with asyncpg.create_pool(self.url, min_size=1, max_size=1) as pool:
            found = await pool.fetch("DELETE FROM due_rows WHERE due_at <= now() RETURNING id")
        self.done += [row["id"] for row in found]
        return bool(found)

    async def look_at_all(self) -> None:
        self.revisits += 1
        await self.connection.execute("UPDATE due_rows SET due_at = now()")

    async def close(self) -> None:
        self.is_closed = True

    async def add(self, row_id: int, due_in: str, *, says: bool = True) -> None:
        """A row that is due so much later."""
        await self.connection.execute(f"INSERT INTO due_rows VALUES ($1, now() + {due_in})", row_id)
        if says:
            await self.connection.execute(f"NOTIFY {CHANNEL}")

    async def until_done(self, *ids: int) -> None:
        """Wait until exactly these were done."""

        async def all_done() -> bool:
            return sorted(self.done) == sorted(ids)

        await eventually(all_done, what=f"{ids} done")

    @asynccontextmanager
    async def swept(self, *, active: bool = True) -> AsyncIterator[Sweeper]:
        """A sweeper on the rows for the length of the block."""
        sweeper = Sweeper(self.url, self, Pace(timedelta(minutes=5), elapsed=lambda: self.stopwatch))
        stop = asyncio.Event()
        task = asyncio.create_task(sweeper.run(stop))

        async def is_there() -> bool:
            return sweeper.is_active if active else sweeper.stood_by

        try:
            await eventually(is_there)
            yield sweeper
        finally:
            stop.set()
            await asyncio.wait_for(task, 10)
            assert self.is_closed


@pytest_asyncio.fixture(loop_scope="session")
async def rows(stack: Stack) -> AsyncIterator[Rows]:
    urls = await stack.fresh_database("intake")
    connection = await asyncpg.connect(urls.migrator)
    await connection.execute("CREATE TABLE due_rows (id integer PRIMARY KEY, due_at timestamptz NOT NULL)")
    yield Rows(connection, urls.migrator)
    await connection.close()
    await stack.drop_database(urls.name)


async def test_it_wakes_at_the_instant_and_looks_at_nothing_before(rows: Rows) -> None:
    await rows.add(1, "interval '1 second'")
    async with rows.swept():
        assert rows.looks == 0
        await rows.until_done(1)
    assert rows.looks == 1


async def test_a_word_wakes_it_before_its_next_look(rows: Rows, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.chassis.sweeper.LOOK_EVERY", timedelta(hours=1))
    async with rows.swept():
        await rows.add(1, FAR)
        await rows.add(2, "interval '0'")
        await rows.until_done(2)


async def test_a_word_that_was_lost_costs_one_look(rows: Rows, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.chassis.sweeper.LOOK_EVERY", timedelta(seconds=1))
    async with rows.swept():
        await rows.add(1, "interval '0'", says=False)
        await rows.until_done(1)


async def test_one_sweeps_and_the_next_takes_over(rows: Rows) -> None:
    async with rows.swept() as first, rows.swept(active=False) as second:
        assert (first.is_active, second.is_active) == (True, False)
        await rows.connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'sweeper' AND datname = current_database()"
        )
        await rows.add(1, "interval '0'")
        await rows.until_done(1)

        async def one_is_active() -> bool:
            return first.is_active != second.is_active

        await eventually(one_is_active, what="one of both sweeps")


@pytest.mark.parametrize("away", [timedelta(days=30), timedelta(days=-30)])
async def test_while_the_clock_is_wrong_nothing_is_done_and_afterwards_everything_is_looked_at(
    rows: Rows, away: timedelta, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.chassis.sweeper.LOOK_EVERY", timedelta(milliseconds=100))
    async with rows.swept():
        await rows.add(1, "interval '0'")
        await rows.until_done(1)
        rows.stopwatch = -away.total_seconds()
        with capture_logs() as said:
            await rows.add(2, "interval '0'")
            await rows.add(3, "interval '30 days'")

            async def is_told() -> bool:
                return "database_clock_jumped" in {line["event"] for line in said}

            await eventually(is_told)
            looks = rows.looks
            await rows.connection.execute("SELECT pg_sleep(0.5)")
            assert (rows.done, rows.looks) == ([1], looks)
        rows.stopwatch = 0.0
        await rows.until_done(1, 2, 3)
    assert rows.revisits == 1
