"""Two answers at once: to the same hand-off, to two of one group, under one key, and against the timer.

Invariant: one outcome, one fact for it, one promise holder, only legal moves, and every row is the fold of its actions.
Seeded; a few of each here, whole with ``SIGAP_FAULT_RACES=1000``. The twin decides without looking at the group.
"""

import asyncio
import os
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
import pytest_asyncio

from benchmarks.ground import Ground
from services.casework.case.cases.commands import REACH
from services.casework.handoff.deadlines.tables import Clock
from services.casework.handoff.disclosures.domain import Purpose
from services.casework.handoff.handoffs import commands, domain
from services.casework.handoff.handoffs.commands import RequestHandoff
from services.casework.handoff.handoffs.domain import MOVES, OPEN, HandoffState, Move
from services.casework.handoff.handoffs.tables import Handoff, HandoffGroup
from services.casework.office.directory.domain import CaseworkPack, Rung, RungKind
from services.casework.wiring import SERVICE
from services.chassis.principal import system_principal
from tests.integration.casework.conftest import load, quick_pack
from tests.support.folding import unlike_their_actions
from tests.support.identity import Issuer
from tests.support.services import Bench, bench_for
from tests.support.simulation.twins import without

SEED = 23
RACES = int(os.environ.get("SIGAP_FAULT_RACES", "20"))
OFFICE, MENUR, LAWANG = "dinsos-lamongan", "rsj-menur", "rsj-lawang"
SYSTEM = system_principal("casework")
MOVE_VERBS = {move.value for move in Move}


def pack_due_at_once() -> CaseworkPack:
    """The district's pack; one hospital's answer is due at once, and the next one is asked at the second ring."""
    pack = quick_pack()
    clocks = tuple(
        clock.model_copy(update={"answer_within": timedelta(0)}) if clock.agency == MENUR else clock
        for clock in pack.clocks
    )
    at_once = tuple(Rung(after=timedelta(0), kind=kind) for kind in (RungKind.REMIND_DESK, RungKind.NEXT_CANDIDATE))
    return pack.model_copy(update={"clocks": clocks, "ladders": {**pack.ladders, "silent": at_once}})


@dataclass(slots=True)
class Arena:
    """Casework's rows and its API, and who speaks there."""

    bench: Bench
    issuer: Issuer
    chance: random.Random

    async def ask(self, mode: str) -> list[UUID]:
        """Ask both hospitals; the hand-offs there are now."""
        new = uuid4()
        request = RequestHandoff(
            new, new, "35.24", new, "35.24.17.2007", "bed", 1, Purpose.INPATIENT_BED, OFFICE, [MENUR, LAWANG],
            "", "", mode=mode,
        )  # fmt: skip
        first = await self.bench.units.perform(lambda uow: commands.open_handoff(request, uow), principal=SYSTEM)
        rows = await self.bench.rows(
            "SELECT id FROM handoffs WHERE group_id = $1 ORDER BY candidate_no", first.group_id
        )
        return [row["id"] for row in rows]

    def headers(self, agency: str, key: UUID) -> dict[str, str]:
        """What the program of a party sends."""
        roles = ["section-head"] if agency == OFFICE else ["agency"]
        token = self.issuer.token(f"desk-{agency}", agency=agency, roles=roles)
        return {"Authorization": f"Bearer {token}", "Idempotency-Key": str(key)}

    async def say(self, agency: str, handoff_id: UUID, path: str, key: UUID | None = None, **body: Any) -> int:
        """A party's program posts a move; answers the status."""
        await asyncio.sleep(self.chance.uniform(0, 0.02))
        headers = self.headers(agency, key or uuid4())
        answer = await self.bench.client.post(f"/handoffs/{handoff_id}/{path}", json=body, headers=headers)
        assert answer.status_code in (200, 409), answer.text
        return int(answer.status_code)

    async def ring(self, handoff_id: UUID) -> int:
        """The timer looks."""

        await asyncio.sleep(self.chance.uniform(0, 0.02))
        await self.bench.units.perform(lambda uow: commands.ring_clock(handoff_id, REACH, uow), principal=SYSTEM)
        return 200

    async def breaches(self) -> list[str]:
        """What the invariant finds in all rows there are."""
        found = []
        for kind in (Handoff, HandoffGroup, Clock):
            unlike = await unlike_their_actions(self.bench, kind)
            found += [f"{one}: {kind.__name__} is not what its actions fold to" for one in unlike]
        for row in await self.bench.rows(HANDOFFS_WHOLE):
            found += [f"{row['id']}: {what}" for what in _breaches_of(row)]
        found += [f"{row['handoff_id']}: rungs {row['numbers']} of {row['clock']}" for row in await self._odd_rungs()]
        firm = await self.bench.rows(
            "SELECT group_id FROM handoffs WHERE coalesce(held_state, state) IN ('accepted', 'arrived', 'in-progress')"
            " GROUP BY group_id HAVING count(*) > 1"
        )
        return found + [f"{row['group_id']}: two firm yeses" for row in firm]

    async def _odd_rungs(self) -> list[Any]:
        rungs = await self.bench.rows(
            "SELECT handoff_id, clock, array_agg(rung_no ORDER BY rung_no) AS numbers FROM rungs"
            " GROUP BY handoff_id, clock, occurrence"
        )
        return [rung for rung in rungs if rung["numbers"] != list(range(1, len(rung["numbers"]) + 1))]


HANDOFFS_WHOLE = """
    SELECT h.*, a.actions, coalesce(f.versions, '{}') AS told, coalesce(c.running, 0) AS running
    FROM handoffs h
    JOIN (SELECT aggregate_id AS id, array_agg(ARRAY[version::text, verb, changes::json->>'state'] ORDER BY version)
          AS actions FROM actions WHERE aggregate = 'handoffs' GROUP BY 1) a ON a.id = h.id
    LEFT JOIN (SELECT headers->>'ce_subject' AS subject, array_agg((headers->>'ce_sequence')::int) AS versions
               FROM outbox WHERE exit = 'kafka' GROUP BY 1) f ON f.subject = h.id::text
    LEFT JOIN (SELECT handoff_id, count(*) AS running FROM clocks WHERE state = 'running' GROUP BY 1) c
           ON c.handoff_id = h.id
"""
"""Every hand-off with its actions in order, the versions of which a fact was told, and how many clocks run."""


def _breaches_of(row: Any) -> Iterator[str]:
    owes = domain.promise_holder(row["state"], row["from_agency"], row["to_agency"], row["held_state"])
    if row["promise_holder"] != owes:
        yield f"{row['promise_holder']} holds the promise in {row['state']}"
    facts = Counter(row["told"])
    state = HandoffState.REQUESTED
    for version, verb, after in row["actions"]:
        if verb in MOVE_VERBS:
            if HandoffState(after) not in MOVES.get((state, Move(verb)), ()):
                yield f"{verb} out of {state}"
            if facts[int(version)] != 1:
                yield f"{facts[int(version)]} facts of {verb}"
        state = HandoffState(after or state)
    if state in OPEN - {HandoffState.ON_HOLD} and not row["running"]:
        yield f"{state} without a running clock"


@asynccontextmanager
async def arena_on(place: Ground) -> AsyncIterator[Arena]:
    """A casework of its own; nothing of it runs but its API."""
    async with bench_for(SERVICE, place.stack, place.issuer) as bench:
        await load(bench, pack_due_at_once())
        yield Arena(bench, place.issuer, random.Random(SEED))


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


async def test_the_checker_catches_the_twin_that_forgets_the_group(place: Ground) -> None:
    async with arena_on(place) as arena:
        # The rows refuse a second firm yes by themselves; the checker is asked alone.
        connection = await asyncpg.connect(arena.bench.settings.migrator_database_url)
        await connection.execute("DROP INDEX handoffs_one_promise")
        await connection.close()
        with without("forget-the-group"):
            found = await run_races(arena, two_firm_yeses, 4)
    assert any("two firm yeses" in what for what in found), "the checker did not notice two firm yeses"
