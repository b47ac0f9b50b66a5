"""Who may wait for an agency's news, and what ends a wait. The database is away all the time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from services.chassis.feed import FeedWatch, Seat
from tests.support.eventually import eventually

NOWHERE = "postgresql://nobody@127.0.0.1:1/nothing"


@asynccontextmanager
async def watching(at_most: int = 10, at_most_per_agency: int = 10) -> AsyncIterator[tuple[FeedWatch, asyncio.Event]]:
    watch = FeedWatch(NOWHERE, at_most=at_most, at_most_per_agency=at_most_per_agency)
    stop = asyncio.Event()
    running = asyncio.create_task(watch.run(stop))
    await asyncio.sleep(0)
    try:
        yield watch, stop
    finally:
        stop.set()
        await asyncio.wait_for(running, 10)


async def stays() -> None:
    await asyncio.get_running_loop().create_future()


def waits(watch: FeedWatch, agency: str, seconds: float = 30) -> "asyncio.Task[bool]":
    async def wait() -> bool:
        async with watch.seat(agency, seconds, stays) as seat:
            return await seat.has_news(0)

    return asyncio.create_task(wait())


async def are_waiting(watch: FeedWatch, number: int) -> None:
    await eventually(lambda: asyncio.sleep(0, watch.waiting == number), what=f"{number} waiting")


async def test_nobody_waits_above_the_bounds_and_a_place_that_is_left_is_free_again() -> None:
    async with watching(at_most=3, at_most_per_agency=2) as (watch, _), AsyncExitStack() as seats:
        first = await seats.enter_async_context(AsyncExitStack())
        await first.enter_async_context(watch.seat("rsud", 30, stays))
        await seats.enter_async_context(watch.seat("rsud", 30, stays))
        assert not await asyncio.wait_for(waits(watch, "rsud"), 5), "a third of one agency"
        await seats.enter_async_context(watch.seat("puskesmas", 30, stays))
        assert not await asyncio.wait_for(waits(watch, "desa"), 5), "a fourth of the process"
        assert watch.waiting == 3
        await first.aclose()
        assert watch.waiting == 2
        waiting = waits(watch, "rsud")
        await are_waiting(watch, 3)
        waiting.cancel()
        await are_waiting(watch, 2)


async def test_a_stop_ends_every_wait_and_nobody_waits_after_it() -> None:
    async with watching() as (watch, stop):
        waiting = [waits(watch, agency) for agency in ("rsud", "rsud", "desa")]
        await are_waiting(watch, 3)
        stop.set()
        assert await asyncio.wait_for(asyncio.gather(*waiting), 5) == [False] * 3
        assert not await asyncio.wait_for(waits(watch, "rsud"), 5)


async def test_nobody_waits_while_the_watch_does_not_run() -> None:
    watch = FeedWatch(NOWHERE, at_most=10, at_most_per_agency=10)
    assert not await asyncio.wait_for(waits(watch, "rsud"), 5)


@pytest.mark.parametrize("seconds", [0, 0.05])
async def test_a_wait_ends_with_its_time(seconds: float) -> None:
    async with watching() as (watch, _):
        assert not await asyncio.wait_for(waits(watch, "rsud", seconds), 5)


async def test_whoever_hung_up_waits_no_more() -> None:
    hangs_up = asyncio.Event()

    async def gone() -> None:
        await hangs_up.wait()

    async with watching() as (watch, _), watch.seat("rsud", 30, gone) as seat:
        waiting = asyncio.create_task(seat.has_news(0))
        await asyncio.sleep(0)
        assert not waiting.done()
        hangs_up.set()
        assert not await asyncio.wait_for(waiting, 5)


async def test_what_was_told_before_the_wait_began_is_not_lost() -> None:
    seat = Seat("rsud", 30)
    seat.tell()
    assert await asyncio.wait_for(seat.has_news(0), 5)
    waiting = asyncio.create_task(seat.has_news(0))
    await asyncio.sleep(0)
    assert not waiting.done(), "one word wakes once"
    seat.tell()
    assert await asyncio.wait_for(waiting, 5)
    assert not await Seat("rsud", -1).has_news(0), "a busy feed does not lengthen the wait"
