"""The hand-off's deadline: escalation steps at their time, each once, whatever wakes the timer."""

from datetime import timedelta
from functools import partial

import pytest

from services.casework.handoff.handoffs.messages import HandoffChanged
from tests.support.eventually import eventually
from tests.support.procedures import Deadline, skipping, start_deadline, working


async def test_every_escalation_is_taken_once_and_not_before_its_time() -> None:
    async with skipping() as env:
        now = await env.get_current_time()
        escalation_policy = [now + timedelta(hours=h) for h in (2, 4, 8, 26)]
        deadline = Deadline(env, escalation_policy)
        async with working(env.client, deadline.activities()):
            await (await start_deadline(env.client)).result()
    assert len(deadline.escalated_at) == 4
    for rang, due in zip(deadline.escalated_at, escalation_policy, strict=True):
        assert timedelta(0) <= rang - due < timedelta(seconds=30)


async def test_an_answer_stops_the_deadline() -> None:
    async with skipping() as env:
        now = await env.get_current_time()
        deadline = Deadline(env, [now + timedelta(days=2)])
        async with working(env.client, deadline.activities()):
            handle = await start_deadline(env.client)

            async def looked() -> bool:
                return deadline.looks > 0

            await eventually(looked)
            deadline.is_open = False
            await handle.signal("handoff_changed", HandoffChanged(event_id="a"))
            await handle.result()
    assert deadline.escalated_at == []


async def test_the_same_signal_twice_is_one_look() -> None:
    async with skipping() as env:
        now = await env.get_current_time()
        deadline = Deadline(env, [now + timedelta(hours=1)])
        async with working(env.client, deadline.activities()):
            handle = await start_deadline(env.client, said="same")
            await handle.signal("handoff_changed", HandoffChanged(event_id="same"))
            await handle.result()
    assert len(deadline.escalated_at) == 1
    assert deadline.looks <= 2


async def test_a_word_makes_the_deadline_look_at_once_and_the_same_word_not_again() -> None:
    async with skipping() as env:
        deadline = Deadline(env, [await env.get_current_time() + timedelta(days=1)])
        async with working(env.client, deadline.activities()):
            handle = await start_deadline(env.client)

            async def looked(times: int) -> bool:
                return deadline.looks >= times

            await eventually(lambda: looked(1))
            for said, times in (("earlier", 2), ("earlier", 2), ("earlier still", 3)):
                await handle.signal("handoff_changed", HandoffChanged(event_id=said))
                await eventually(partial(looked, times), what="a look")
            deadline.is_open = False
            await handle.signal("handoff_changed", HandoffChanged(event_id="answered"))
            await handle.result()
    assert deadline.looks == 4


@pytest.mark.parametrize("escalation_before", range(5))
async def test_a_deadline_started_anew_at_any_escalation_takes_what_is_left(escalation_before: int) -> None:
    async with skipping() as env:
        now = await env.get_current_time()
        escalation_policy = [now + timedelta(hours=h) for h in (2, 4, 8, 26)]
        deadline = Deadline(env, escalation_policy, escalated_at=escalation_policy[:escalation_before])
        async with working(env.client, deadline.activities()):
            await (await start_deadline(env.client)).result()
    assert len(deadline.escalated_at) == 4
    for rang, due in zip(deadline.escalated_at, escalation_policy, strict=True):
        assert timedelta(0) <= rang - due < timedelta(seconds=30)


async def test_a_deadline_started_anew_for_an_answered_handoff_ends() -> None:
    async with skipping() as env:
        deadline = Deadline(env, [await env.get_current_time() + timedelta(days=1)], is_open=False)
        async with working(env.client, deadline.activities()):
            await (await start_deadline(env.client)).result()
    assert (deadline.looks, deadline.escalated_at) == (1, [])


async def test_while_the_databases_clock_is_not_believed_it_is_looked_at_every_minute() -> None:
    async with skipping() as env:
        due_at = await env.get_current_time() + timedelta(hours=2)
        deadline = Deadline(env, [due_at], held=5)
        async with working(env.client, deadline.activities()):
            await (await start_deadline(env.client)).result()
    (rang,) = deadline.escalated_at
    assert timedelta(minutes=5) <= rang - due_at < timedelta(minutes=6)
