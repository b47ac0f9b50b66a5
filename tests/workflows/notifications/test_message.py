"""The order of telling somebody, its patience, and starting it again at any stage."""

import pytest

from tests.support.eventually import eventually
from tests.support.notices import ScriptedMessage
from tests.support.procedures import skipping


async def test_a_message_is_prepared_sent_once_and_followed_to_its_delivery() -> None:
    async with skipping() as env:
        message = ScriptedMessage(env, reports_missing=4)
        async with message.working():
            await (await message.start()).result()
    assert [step for step in message.steps if step in ("send", "record")] == ["send", "record"]
    assert message.steps.count("check") == 5
    assert message.state == "delivered"


async def test_a_message_waits_for_the_facts_it_needs() -> None:
    async with skipping() as env:
        message = ScriptedMessage(env, facts_missing=3)
        async with message.working():
            await (await message.start()).result()
    assert message.steps.index("send") >= 4
    assert message.steps.count("send") == 1


async def test_a_word_ends_the_wait_for_facts_at_once() -> None:
    async with skipping() as env:
        message = ScriptedMessage(env, facts_missing=1, reports_missing=0)
        async with message.working():
            handle = await message.start()

            async def looked() -> bool:
                return message.has_done("prepare")

            await eventually(looked, what="a look")
            await handle.signal("message_changed", {"event_id": "the case is known"})
            await handle.result()
        history = await handle.fetch_history()
    waited = [e for e in history.events if e.HasField("timer_fired_event_attributes")]
    assert len(waited) == 1, "it waited for more than the report"


@pytest.mark.parametrize(
    ("state", "steps"),
    [("pending", ["send", "record", "check"]), ("sent", ["check"]), ("delivered", []), ("failed", []), ("skipped", [])],
)
async def test_a_run_that_starts_late_does_only_what_is_left(state: str, steps: list[str]) -> None:
    async with skipping() as env:
        message = ScriptedMessage(env, state=state, reports_missing=0)
        async with message.working():
            await (await message.start()).result()
    assert [step for step in message.steps if step != "prepare"] == steps


async def test_a_message_for_nobody_and_a_refused_one_end() -> None:
    async with skipping() as env:
        message = ScriptedMessage(env, is_unwanted=True)
        async with message.working():
            await (await message.start()).result()
        assert set(message.steps) == {"prepare"}
    async with skipping() as env:
        message = ScriptedMessage(env, refusal="GATEWAY_422")
        async with message.working():
            await (await message.start()).result()
        assert "check" not in message.steps


async def test_a_gateway_that_is_away_is_asked_until_it_answers() -> None:
    async with skipping() as env:
        message = ScriptedMessage(env, away_times=5)
        async with message.working():
            await (await message.start()).result()
    assert message.steps.count("send") == 6
    assert message.steps.count("record") == 1


async def test_facts_and_reports_are_asked_for_with_growing_patience() -> None:
    async with skipping() as env:
        message = ScriptedMessage(env, facts_missing=4, reports_missing=4)
        async with message.working():
            handle = await message.start()
            await handle.result()
        history = await handle.fetch_history()
    started = [e.timer_started_event_attributes for e in history.events if e.HasField("timer_started_event_attributes")]
    waited = [timer.start_to_fire_timeout.ToTimedelta().total_seconds() for timer in started]
    assert waited == [5, 10, 20, 40, 5, 10, 20, 40, 60]
