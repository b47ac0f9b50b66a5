"""The order of paying a batch, its patience, and starting it again at any stage."""

from itertools import pairwise

import pytest

from tests.support.eventually import eventually
from tests.support.payments import ScriptedBatch
from tests.support.procedures import skipping


async def test_a_batch_is_sent_once_and_its_statement_asked_for_with_growing_patience() -> None:
    async with skipping() as env:
        batch = ScriptedBatch(env, statements_missing=5)
        async with batch.working():
            await (await batch.start()).result()
        assert batch.steps.count("submit") == 1
        assert batch.steps[-1] == "import"
        assert batch.steps.count("import") == 6
        gaps = [round((later - earlier).total_seconds(), -1) for earlier, later in pairwise(batch.asked_at)]
        assert gaps == [20, 40, 60, 60, 60]


@pytest.mark.parametrize(
    ("state", "steps"),
    [("approved", ["submit", "sent", "import"]), ("sent", ["import"]), ("reconciled", []), ("proposed", [])],
)
async def test_a_run_that_starts_late_does_only_what_is_left(state: str, steps: list[str]) -> None:
    async with skipping() as env:
        batch = ScriptedBatch(env, state=state, statements_missing=0)
        async with batch.working():
            await (await batch.start()).result()
    assert [step for step in batch.steps if step != "read"] == steps


async def test_a_bank_that_is_away_is_asked_until_it_answers() -> None:
    async with skipping() as env:
        batch = ScriptedBatch(env, away_times=6, statements_missing=0)
        async with batch.working():
            await (await batch.start()).result()
    assert batch.steps.count("submit") == 7
    assert batch.steps.count("sent") == 1


async def test_a_refused_file_ends_the_run_and_a_new_word_starts_another() -> None:
    async with skipping() as env:
        batch = ScriptedBatch(env, refusals=1, statements_missing=0)
        async with batch.working():
            await (await batch.start()).result()
            assert batch.steps[-1] == "BANK_422" or batch.steps[-1] == "read"
            assert "sent" not in batch.steps
            await (await batch.start({"event_id": "send_again"})).result()
    assert batch.steps.count("submit") == 2
    assert batch.state == "reconciled"


async def test_a_word_said_twice_wakes_once() -> None:
    async with skipping() as env:
        batch = ScriptedBatch(env, statements_missing=2)
        async with batch.working():
            handle = await batch.start()
            for _ in range(5):
                await handle.signal("batch_changed", {"event_id": "the same"})
            await handle.result()
    assert batch.steps.count("import") == 3
    assert batch.steps.count("submit") == 1


async def test_a_word_ends_the_wait_for_the_statement_at_once() -> None:
    async with skipping() as env:
        batch = ScriptedBatch(env, statements_missing=1)
        async with batch.working():
            handle = await batch.start()

            async def sent() -> bool:
                return "sent" in batch.steps

            await eventually(sent, what="the file at the bank")
            await handle.signal("batch_changed", {"event_id": "the statement has come"})
            await handle.result()
        history = await handle.fetch_history()
    fired = [event for event in history.events if event.HasField("timer_fired_event_attributes")]
    assert len(fired) == 1, "it waited for more than the second statement"
