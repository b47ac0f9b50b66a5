"""A program that waits at its feed is told what comes for its agency, and nothing else wakes it."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from typing import Any
from uuid import UUID

import asyncpg
import httpx2
import pytest
import pytest_asyncio

from services.casework.handoff.handoffs import queries
from services.casework.wiring import SERVICE
from services.chassis import clock, feed
from services.chassis.feed import FeedWatch
from tests.support.casework.agencies import OFFICE
from tests.support.casework.asking import ask
from tests.support.casework.desk import Desk
from tests.support.engines import Stack
from tests.support.eventually import eventually
from tests.support.identity import Issuer
from tests.support.on_a_port import on_a_port
from tests.support.outspoken import outspoken
from tests.support.services import Bench, bench_for

PARTNER, OTHER = "upt-bina-laras", "dinsos-jatim"
NEVER = 3600.0


@pytest.fixture
def office(casework: Bench, issuer: Issuer) -> Desk:
    return Desk(casework, issuer, OFFICE, "section-head")


@pytest.fixture
def partner(casework: Bench, issuer: Issuer) -> Desk:
    return Desk(casework, issuer, PARTNER)


@pytest_asyncio.fixture(loop_scope="session")
async def stop(casework: Bench, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[asyncio.Event]:
    """A watch of this test alone, which goes by what it is told and does not look by itself; stopped by the event."""
    monkeypatch.setattr(feed, "LOOK_EVERY_SECONDS", NEVER)
    watch = FeedWatch(casework.settings.database_url, at_most=10, at_most_per_agency=2)
    stop = asyncio.Event()
    running = asyncio.create_task(watch.run(stop))
    usual, casework.app.state.feed_watch = casework.app.state.feed_watch, watch
    yield stop
    casework.app.state.feed_watch = usual
    stop.set()
    await asyncio.wait_for(running, 10)


async def end_of_feed(desk: Desk) -> int:
    found: int = (await desk.get("/feed?since=2099-01-01T00:00:00Z"))["next_after"]
    return found


async def are_waiting(casework: Bench, number: int) -> None:
    """So many requests wait, and the watch has looked for them and listens."""

    async def look() -> bool:
        listening = await casework.value(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'feed-watch' AND state = 'idle'"
            " AND query LIKE '%ORDINALITY%' AND datname = current_database()"
        )
        return casework.app.state.feed_watch.waiting == number and bool(listening or not number)

    await eventually(look, what=f"{number} waiting")


async def ends(waiting: Coroutine[Any, Any, Any] | asyncio.Task[Any]) -> Any:
    """What a request that should not wait any longer answers."""
    return await asyncio.wait_for(waiting, 20)


async def test_whoever_waits_is_told_what_comes_and_holds_no_connection_meanwhile(
    casework: Bench, office: Desk, partner: Desk, case_id: UUID, stop: asyncio.Event
) -> None:
    after = await end_of_feed(partner)
    by_position = asyncio.create_task(partner.get(f"/feed?after={after}&wait=30"))
    by_instant = asyncio.create_task(partner.get("/feed?since=2099-01-01T00:00:00Z&wait=30"))
    await are_waiting(casework, 2)
    pool: Any = casework.units.engine.pool
    await eventually(lambda: asyncio.sleep(0, pool.checkedout() == 0), what="no connection held")
    handoff = await ask(office, case_id, PARTNER, purpose="INFORMATION")
    for waiting in (by_position, by_instant):
        page = await ends(waiting)
        assert page["items"][0]["item"]["handoff_id"] == handoff["handoff_id"]
        assert page["next_after"] == page["items"][-1]["position"]
    assert (await ends(partner.get(f"/feed?after={after}&wait=30")))["items"], "what is there is not waited for"


async def test_after_its_time_a_wait_ends_with_an_empty_page(
    casework: Bench, partner: Desk, stop: asyncio.Event
) -> None:
    after = await end_of_feed(partner)
    waiting = asyncio.create_task(partner.get(f"/feed?after={after}&wait=1"))
    await are_waiting(casework, 1)
    assert await ends(waiting) == {"items": [], "next_after": after}
    for wrong in (-1, 31):
        await partner.get(f"/feed?after={after}&wait={wrong}", 422)


async def test_news_of_another_agency_wakes_nobody(
    casework: Bench,
    issuer: Issuer,
    office: Desk,
    partner: Desk,
    case_id: UUID,
    stop: asyncio.Event,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    woken = []
    read_on = queries.read_feed_on

    async def noted(reading: Any, *arguments: Any) -> Any:
        woken.append(reading.principal.agency)
        return await read_on(reading, *arguments)

    monkeypatch.setattr(queries, "read_feed_on", noted)
    other = Desk(casework, issuer, OTHER)
    told = asyncio.create_task(other.get(f"/feed?after={await end_of_feed(other)}&wait=30"))
    await are_waiting(casework, 1)
    silent = asyncio.create_task(partner.get(f"/feed?after={await end_of_feed(partner)}&wait=30"))
    await are_waiting(casework, 2)
    await ask(office, case_id, OTHER, purpose="INFORMATION")
    assert (await ends(told))["items"]
    await are_waiting(casework, 1)
    assert set(woken) == {OTHER}
    stop.set()
    assert (await ends(silent))["items"] == []


async def test_a_watch_and_a_relay_that_lost_their_connections_still_tell(
    casework: Bench, office: Desk, partner: Desk, case_id: UUID, stop: asyncio.Event
) -> None:
    waiting = asyncio.create_task(partner.get(f"/feed?after={await end_of_feed(partner)}&wait=30"))
    await are_waiting(casework, 1)
    ended = await casework.value(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database()"
        " AND application_name IN ('feed-watch', 'relay-feed')"
    )
    assert ended >= 2
    handoff = await ask(office, case_id, PARTNER, purpose="INFORMATION")
    assert (await ends(waiting))["items"][0]["item"]["handoff_id"] == handoff["handoff_id"]


async def numbered(database: Any, agency: str) -> int:
    """A line of which nobody is told; its position."""
    position: int = await database.fetchval(
        "INSERT INTO feed (position, agency, district, fact_id, body, headers, recorded_at)"
        " SELECT coalesce(max(position), 0) + 1, $1, '35.24', $2, '{}', '{}', now() FROM feed RETURNING position",
        agency,
        clock.new_id(),
    )
    return position


async def stays() -> None:
    await asyncio.get_running_loop().create_future()


@pytest.mark.parametrize("is_listening", [False, True])
async def test_a_word_that_nobody_heard_is_found_by_looking(
    stack: Stack, issuer: Issuer, monkeypatch: pytest.MonkeyPatch, is_listening: bool
) -> None:
    """Once as the watch begins to listen, and from then on now and then."""
    monkeypatch.setattr(feed, "LOOK_EVERY_SECONDS", 0.1 if is_listening else NEVER)
    async with bench_for(SERVICE, stack, issuer) as bench:
        watch: FeedWatch = bench.app.state.feed_watch
        after = await numbered(bench.units.pool, PARTNER)
        async with watch.seat(PARTNER, 30, stays) as seat, watch.seat(OTHER, 30, stays) as other:
            silent = asyncio.create_task(other.has_news(0))
            if is_listening:
                waiting = asyncio.create_task(seat.has_news(after))
                await are_waiting(bench, 2)
                assert not waiting.done()
                await numbered(bench.units.pool, PARTNER)
            else:
                waiting = asyncio.create_task(seat.has_news(after - 1))
            assert await ends(waiting)
            assert not silent.done()
            silent.cancel()


async def test_a_caller_that_hangs_up_leaves_its_place(
    casework: Bench, issuer: Issuer, partner: Desk, stop: asyncio.Event
) -> None:
    after = await end_of_feed(partner)
    headers = {"Authorization": f"Bearer {issuer.machine(PARTNER)}"}
    async with on_a_port(casework) as url, httpx2.AsyncClient(base_url=url, headers=headers) as client:
        waiting = asyncio.create_task(client.get("/feed", params={"after": after, "wait": 30}, timeout=40))
        await are_waiting(casework, 1)
        waiting.cancel()
        await are_waiting(casework, 0)


async def test_a_process_that_is_told_to_stop_answers_whoever_waits(stack: Stack, issuer: Issuer) -> None:
    async with bench_for(SERVICE, stack, issuer) as bench, outspoken(bench, "api") as process:
        headers = {"Authorization": f"Bearer {issuer.machine(PARTNER)}"}
        waiting = asyncio.create_task(
            process.client.get(f"{process.url}/feed?after=7&wait=30", headers=headers, timeout=40)
        )

        async def somebody_waits() -> Any:
            return await bench.value(
                "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'feed-watch'"
                " AND datname = current_database()"
            )

        await eventually(somebody_waits, within_seconds=60, what="the request waits")
        process.process.terminate()
        answer = await ends(waiting)
        assert (answer.status_code, answer.json()) == (200, {"items": [], "next_after": 7})
        assert await ends(process.process.wait()) == 0


async def test_the_watch_comes_back_with_the_database(stack: Stack, issuer: Issuer) -> None:
    async with bench_for(SERVICE, stack, issuer) as bench:
        watch: FeedWatch = bench.app.state.feed_watch
        after = await numbered(bench.units.pool, PARTNER)
        async with watch.seat(PARTNER, 60, stays) as seat:
            waiting = asyncio.create_task(seat.has_news(after))
            await are_waiting(bench, 1)
            name = bench.database_name
            admin = await asyncpg.connect(stack.postgres_url("postgres"))
            try:
                await admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
                await admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name)
                await asyncio.sleep(0)
                assert not waiting.done()
                await admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
            finally:
                await admin.close()
            back = await asyncpg.connect(stack.postgres_url(name))
            try:
                await numbered(back, PARTNER)
            finally:
                await back.close()
            assert await asyncio.wait_for(waiting, 40)
