"""The patience of a registry check, and starting it again at any stage."""

from itertools import pairwise

import pytest

from tests.support.checks import ScriptedCheck
from tests.support.procedures import skipping

HOUR = 3600


async def test_a_registry_that_is_still_looking_is_asked_again_with_growing_patience() -> None:
    async with skipping() as env:
        check = ScriptedCheck(env, pending=14)
        async with check.working():
            await (await check.start()).result()
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(check.asked_at)]
    expected = [*(2**power for power in range(12)), HOUR, HOUR]
    assert len(gaps) == len(expected)
    for gap, patience in zip(gaps, expected, strict=True):
        assert patience <= gap < patience + 1


async def test_a_registry_that_is_away_is_asked_until_it_answers() -> None:
    async with skipping() as env:
        check = ScriptedCheck(env, pending=0, away_times=6)
        async with check.working():
            await (await check.start()).result()
    assert len(check.asked_at) == 7


async def test_a_word_said_twice_asks_once() -> None:
    async with skipping() as env:
        check = ScriptedCheck(env, pending=1)
        async with check.working():
            handle = await check.start()
            for _ in range(5):
                await handle.signal("check_asked", {"event_id": "asked"})
            await handle.result()
    assert len(check.asked_at) == 2


@pytest.mark.parametrize("pending", [0, 1, 5])
async def test_a_check_started_anew_at_any_stage_asks_on_until_it_is_answered(pending: int) -> None:
    async with skipping() as env:
        check = ScriptedCheck(env, pending=pending)
        async with check.working():
            await (await check.start()).result()
            asked = len(check.asked_at)
            await (await check.start()).result()
    assert asked == pending + 1
    assert len(check.asked_at) == asked, "a registry that had answered was asked again"
