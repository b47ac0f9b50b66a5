"""Two answers at once: to the same hand-off, to two of one group, under one key, and against the timer.

Invariant: one outcome, one fact for it, one promise holder, only legal moves, and every row is the fold of its actions.
Seeded; a few of each here, whole with ``SIGAP_FAULT_RACES=1000``. The faulty variant decides without looking at the
group.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from uuid import uuid4

import asyncpg
import pytest
import pytest_asyncio

from benchmarks.ground import Ground
from tests.support.arena import Arena, arena_on
from tests.support.casework.agencies import LAWANG, MENUR, OFFICE
from tests.support.simulation.faulty_variants import without

RACES = int(os.environ.get("SIGAP_FAULT_RACES", "20"))


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def arena(place: Ground) -> AsyncIterator[Arena]:
    async with arena_on(place) as found:
        yield found


Race = Callable[[Arena], Awaitable[str]]


async def answer_against_the_timer(arena: Arena) -> str:
    (asked,) = await arena.ask("sequential")
    yes, *_ = await asyncio.gather(arena.say(MENUR, asked, "acceptance"), *(arena.ring(asked) for _ in range(3)))
    return "" if yes == 200 else "the answer was refused"


async def both_agencies_at_once(arena: Arena) -> str:
    (asked,) = await arena.ask("sequential")
    no, held = await asyncio.gather(
        arena.say(MENUR, asked, "rejection", reason_code="FULL"),
        arena.say(OFFICE, asked, "hold", reason_code="WAITING_FOR_DOCUMENT"),
    )
    return "" if sorted((no, held)) == [200, 409] else f"rejected {no}, held {held}"


async def cancel_against_accept(arena: Arena) -> str:
    (asked,) = await arena.ask("sequential")
    yes, cancelled = await asyncio.gather(
        arena.say(MENUR, asked, "acceptance"), arena.say(OFFICE, asked, "cancellation", reason_code="OTHER_SOLUTION")
    )
    return "" if sorted((yes, cancelled)) == [200, 409] else f"accepted {yes}, cancelled {cancelled}"


async def two_firm_yeses(arena: Arena) -> str:
    one, other = await arena.ask("parallel")
    said = await asyncio.gather(arena.say(MENUR, one, "acceptance"), arena.say(LAWANG, other, "acceptance"))
    return "" if sorted(said) == [200, 409] else f"two answers: {said}"


async def one_key_twice(arena: Arena) -> str:
    (asked,) = await arena.ask("sequential")
    key = uuid4()
    said = await asyncio.gather(*(arena.say(MENUR, asked, "acceptance", key) for _ in range(2)))
    return "" if said == [200, 200] else f"one key, two answers: {said}"


RACE_KINDS: list[Race] = [
    answer_against_the_timer, both_agencies_at_once, cancel_against_accept, two_firm_yeses, one_key_twice
]  # fmt: skip


async def run_races(arena: Arena, race: Race, count: int) -> list[str]:
    """So many races of a kind, four at a time; what the answers and then the rows tell."""
    told: list[str] = []
    for start in range(0, count, 4):
        told += await asyncio.gather(*(race(arena) for _ in range(start, min(start + 4, count))))
    return [what for what in told if what] + await arena.breaches()


@pytest.mark.parametrize("race", RACE_KINDS)
async def test_a_race_has_one_outcome(arena: Arena, race: Race) -> None:
    assert await run_races(arena, race, RACES) == []


async def test_the_checker_catches_the_faulty_variant_that_forgets_the_group(place: Ground) -> None:
    async with arena_on(place) as arena:
        # The rows refuse a second firm yes by themselves; the checker is asked alone.
        connection = await asyncpg.connect(arena.bench.settings.migrator_database_url)
        await connection.execute("DROP INDEX handoffs_one_promise")
        await connection.close()
        with without("forget-the-group"):
            found = await run_races(arena, two_firm_yeses, 4)
    assert any("two firm yeses" in what for what in found), "the checker did not notice two firm yeses"
