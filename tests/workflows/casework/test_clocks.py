"""The hand-off's clock: rungs at their time, each once, whatever wakes the timer."""

from datetime import timedelta
from functools import partial

import pytest

from services.casework.handoff.handoffs.messages import HandoffChanged
from tests.support.eventually import eventually
from tests.support.procedures import Clock, skipping, start_clock, working


async def test_every_rung_rings_once_and_not_before_its_time() -> None:
    async with skipping() as env:
        now = await env.get_current_time()
        ladder = [now + timedelta(hours=h) for h in (2, 4, 8, 26)]
        clock = Clock(env, ladder)
        async with working(env.client, clock.activities()):
            await (await start_clock(env.client)).result()
    assert len(clock.rung) == 4
    for rang, due in zip(clock.rung, ladder, strict=True):
        assert timedelta(0) <= rang - due < timedelta(seconds=30)


async def test_an_answer_stops_the_clock() -> None:
    async with skipping() as env:
        now = await env.get_current_time()
        clock = Clock(env, [now + timedelta(days=2)])
        async with working(env.client, clock.activities()):
            handle = await start_clock(env.client)

            async def looked() -> bool:
                return clock.looks > 0

            await eventually(looked)
            clock.is_open = False
            await handle.signal("handoff_changed", HandoffChanged(event_id="a"))
            await handle.result()
    assert clock.rung == []


async def test_the_same_signal_twice_is_one_look() -> None:
    async with skipping() as env:
        now = await env.get_current_time()
        clock = Clock(env, [now + timedelta(hours=1)])
        async with working(env.client, clock.activities()):
            handle = await start_clock(env.client, said="same")
            await handle.signal("handoff_changed", HandoffChanged(event_id="same"))
            await handle.result()
    assert len(clock.rung) == 1
    assert clock.looks <= 2


async def test_a_word_makes_the_clock_look_at_once_and_the_same_word_not_again() -> None:
    async with skipping() as env:
        clock = Clock(env, [await env.get_current_time() + timedelta(days=1)])
        async with working(env.client, clock.activities()):
            handle = await start_clock(env.client)

            async def looked(times: int) -> bool:
                return clock.looks >= times

            await eventually(lambda: looked(1))
            for said, times in (("earlier", 2), ("earlier", 2), ("earlier still", 3)):
                await handle.signal("handoff_changed", HandoffChanged(event_id=said))
                await eventually(partial(looked, times), what="a look")
            clock.is_open = False
            await handle.signal("handoff_changed", HandoffChanged(event_id="answered"))
            await handle.result()
    assert clock.looks == 4


@pytest.mark.parametrize("rung_before", range(5))
async def test_a_clock_started_anew_at_any_rung_rings_what_is_left(rung_before: int) -> None:
    async with skipping() as env:
        now = await env.get_current_time()
        ladder = [now + timedelta(hours=h) for h in (2, 4, 8, 26)]
        clock = Clock(env, ladder, rung=ladder[:rung_before])
        async with working(env.client, clock.activities()):
            await (await start_clock(env.client)).result()
    assert len(clock.rung) == 4
    for rang, due in zip(clock.rung, ladder, strict=True):
        assert timedelta(0) <= rang - due < timedelta(seconds=30)


async def test_a_clock_started_anew_for_an_answered_handoff_ends() -> None:
    async with skipping() as env:
        clock = Clock(env, [await env.get_current_time() + timedelta(days=1)], is_open=False)
        async with working(env.client, clock.activities()):
            await (await start_clock(env.client)).result()
    assert (clock.looks, clock.rung) == (1, [])


async def test_while_the_databases_clock_is_not_believed_it_is_looked_at_every_minute() -> None:
    async with skipping() as env:
        due_at = await env.get_current_time() + timedelta(hours=2)
        clock = Clock(env, [due_at], held=5)
        async with working(env.client, clock.activities()):
            await (await start_clock(env.client)).result()
    (rang,) = clock.rung
    assert timedelta(minutes=5) <= rang - due_at < timedelta(minutes=6)
