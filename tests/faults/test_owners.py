"""Every hand-off has one owner, whatever breaks while its parties walk it at random through the API.

Every connection is cut again and again, PostgreSQL is killed, callers hang up and ask again under the same key.
Invariant: each promise has the one holder that its state says, a group one firm yes, a person one custodian; an answer
that was given happened once; every row is the fold of its actions. Seeded; 200 hand-offs here, whole with
``SIGAP_FAULT_HANDOFFS=4000``. The faulty variant forgets to hand the promise over.
"""

import asyncio
import os
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar
from uuid import UUID, uuid4

import asyncpg
import pytest

from benchmarks.ground import Ground, rows
from services.casework.case.cases.commands import REACH
from services.casework.handoff.disclosures.domain import Purpose
from services.casework.handoff.handoffs import commands, domain
from services.casework.handoff.handoffs.commands import RequestHandoff
from services.casework.handoff.handoffs.domain import Move, Side
from services.casework.office.matters.domain import case
from services.chassis.database import DATABASE_AWAY
from services.chassis.errors import StillInFlight, Unavailable
from tests.support.arena import SYSTEM, Arena, arena_on
from tests.support.casework.agencies import LAWANG, MENUR, OFFICE
from tests.support.connections import CUT
from tests.support.seeds import chosen_seed
from tests.support.ways import ENDS, WAYS

T = TypeVar("T")
SEED = chosen_seed(29)
HANDOFFS = int(os.environ.get("SIGAP_FAULT_HANDOFFS", "200"))
SIDE_BY_SIDE = 8
AWAY = (*DATABASE_AWAY, StillInFlight, Unavailable)
HANGS_UP, RINGS = 0.1, 0.1
"""How often a caller loses patience, and how often the timer looks instead of a party moving."""


@dataclass(slots=True)
class Walks:
    """Walks of many hand-offs, and what their callers were told."""

    arena: Arena
    said: Counter[tuple[UUID, str]] = field(default_factory=Counter)
    begun: int = 0

    async def walk(self, number: int) -> None:
        """One person's request from asking to somewhere: each step is one that the state allows."""
        chance = random.Random(f"{SEED}:{number}")
        person, mode = UUID(int=chance.getrandbits(128), version=4), chance.choice(["sequential", "parallel"])
        request = RequestHandoff(
            case(person), person, "35.24", person, "35.24.17.2007", "bed", 1, Purpose.INPATIENT_BED, OFFICE,
            [MENUR, LAWANG], "", "", mode=mode,
        )  # fmt: skip
        await self._by_system(lambda uow: commands.request_handoff(request, uow))
        self.begun += 1
        for _ in range(chance.randint(2, 9)):
            handoffs = await _until_it_is_there(
                lambda: self.arena.bench.rows(
                    "SELECT id, state, to_agency FROM handoffs WHERE about_id = $1 ORDER BY candidate_no", person
                )
            )
            handoff = chance.choice(handoffs)
            legal = [
                (side, Move(move))
                for side in (Side.RECEIVER, Side.SENDER)
                for move in domain.legal_moves(handoff["state"], side)
                if Move(move) in WAYS
            ]
            if not legal or chance.random() < RINGS:
                await self._by_system(partial(commands.escalate_if_due, handoff["id"], REACH))
                continue
            side, move = chance.choice([(side, move) for side, move in legal if move not in ENDS] or legal)
            await self._say(OFFICE if side is Side.SENDER else handoff["to_agency"], handoff["id"], move, chance)

    async def _by_system(self, work: Callable[[Any], Awaitable[Any]]) -> None:
        await _until_it_is_there(lambda: self.arena.bench.units.perform(work, principal=SYSTEM))

    async def _say(self, agency: str, handoff_id: UUID, move: Move, chance: random.Random) -> None:
        """One move under one key until there is an answer."""
        path, body = WAYS[move]
        headers = self.arena.headers(agency, uuid4())
        patience = [chance.uniform(0.001, 0.03)] if chance.random() < HANGS_UP else []
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(patience.pop() if patience else 60):
                    url = f"/handoffs/{handoff_id}/{path}"
                    answer = await self.arena.bench.client.post(url, json=body, headers=headers)
                if "retry-after" not in answer.headers:
                    assert answer.status_code in (200, 409, 422), answer.text
                    self.said[handoff_id, move.value] += answer.status_code == 200
                    return
            await asyncio.sleep(chance.uniform(0.01, 0.05))

    async def breaches(self) -> list[str]:
        """What the invariant finds."""
        bench = self.arena.bench
        found = await self.arena.breaches()
        for row in await bench.rows(
            "SELECT person_id, count(*) FILTER (WHERE until IS NULL) AS open FROM custodies GROUP BY 1"
        ):
            if row["open"] != 1:
                found.append(f"{row['person_id']}: in the hands of {row['open']}")
        happened = await bench.rows(
            "SELECT aggregate_id AS id, verb, count(*) AS times FROM actions"
            " WHERE aggregate = 'handoffs' AND actor <> $2 AND verb = ANY($1) GROUP BY 1, 2",
            [move.value for move in WAYS],
            SYSTEM.actor,
        )
        times = Counter({(row["id"], row["verb"]): row["times"] for row in happened})
        for one in {*times, *self.said}:
            if times[one] != self.said[one]:
                found.append(f"{one[0]}: {one[1]} was answered {self.said[one]} times and happened {times[one]} times")
        return found


async def _until_it_is_there(ask: Callable[[], Awaitable[T]]) -> T:
    async with asyncio.timeout(120):
        while True:
            try:
                return await ask()
            except AWAY:
                await asyncio.sleep(0.05)


async def _break_things(place: Ground, walks: Walks, count: int) -> None:
    """Cuts all connections every now and then, and kills PostgreSQL a third and two thirds of the way."""
    chance, kills = random.Random(SEED), [count // 3, 2 * count // 3]
    while True:
        await asyncio.sleep(chance.uniform(0.2, 0.8))
        if kills and walks.begun >= kills[0]:
            kills.pop(0)
            await place.stack.kill("postgres")
            await place.stack.start("postgres")
        with suppress(*DATABASE_AWAY):
            await rows(walks.arena.bench.settings.database_url, CUT)


async def walk_all(walks: Walks, count: int) -> None:
    """So many walks, some at a time."""
    numbers = iter(range(count))

    async def one_after_another() -> None:
        for number in numbers:
            await walks.walk(number)

    async with asyncio.TaskGroup() as group:
        for _ in range(SIDE_BY_SIDE):
            group.create_task(one_after_another())


async def test_every_hand_off_has_one_owner_whatever_breaks(place: Ground) -> None:
    async with arena_on(place) as arena:
        walks = Walks(arena)
        breaking = asyncio.create_task(_break_things(place, walks, HANDOFFS))
        try:
            await walk_all(walks, HANDOFFS)
        finally:
            breaking.cancel()
            await asyncio.gather(breaking, return_exceptions=True)
            await place.stack.start("postgres")
        found = await walks.breaches()
        moves = sum(walks.said.values())
    assert found == []
    assert moves > HANDOFFS, "nobody moved"


async def test_the_checker_catches_the_faulty_variant_that_forgets_to_hand_the_promise_over(
    place: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with arena_on(place) as arena:
        # The rows refuse it by themselves; the checker is asked alone.
        connection = await asyncpg.connect(arena.bench.settings.migrator_database_url)
        await connection.execute("ALTER TABLE handoffs DROP CONSTRAINT handoffs_one_promise_holder")
        await connection.close()
        walks = Walks(arena)
        with monkeypatch.context() as variant:
            variant.setattr(domain, "promise_holder", lambda state, sender, receiver, held=None: sender)
            await walk_all(walks, 12)
        found = await walks.breaches()
    assert any("holds the promise" in what for what in found), "the checker did not notice a promise without its holder"
