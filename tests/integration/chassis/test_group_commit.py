"""Joint commits: units that share a transaction keep their own outcomes."""

import asyncio
from uuid import uuid4

import asyncpg

from services.chassis.database.group_commit import GroupCommit
from tests.support.services import Bench

INSERT = (
    "INSERT INTO effects (fact_id, correlation_id, sequence, reason, district)"
    " VALUES ($1, $1, $2, 'JOINT', '35.24') RETURNING sequence"
)


async def test_of_many_together_only_the_broken_ones_fail(probe: Bench) -> None:
    joint = GroupCommit(probe.units.pool)
    taken = uuid4()
    await joint.fetchrow(INSERT, [taken, 0])
    values = [[taken if number % 10 == 0 else uuid4(), number] for number in range(1, 61)]
    outcomes = await asyncio.gather(*(joint.fetchrow(INSERT, value) for value in values), return_exceptions=True)
    for (key, number), outcome in zip(values, outcomes, strict=True):
        if key == taken:
            assert isinstance(outcome, asyncpg.UniqueViolationError)
        else:
            assert not isinstance(outcome, BaseException)
            assert outcome["sequence"] == number
    assert await probe.value("SELECT count(*) FROM effects") == 55


async def test_a_value_the_driver_refuses_harms_nobody_else(probe: Bench) -> None:
    joint = GroupCommit(probe.units.pool)
    values = [[uuid4(), "not a number" if number == 7 else number] for number in range(20)]
    outcomes = await asyncio.gather(*(joint.fetchrow(INSERT, value) for value in values), return_exceptions=True)
    assert [number for number, outcome in enumerate(outcomes) if isinstance(outcome, BaseException)] == [7]
    assert await probe.value("SELECT count(*) FROM effects") == 19


async def test_a_caller_that_gave_up_takes_nobody_along(probe: Bench) -> None:
    joint = GroupCommit(probe.units.pool)
    tasks = [asyncio.create_task(joint.fetchrow(INSERT, [uuid4(), number])) for number in range(30)]
    await asyncio.sleep(0)
    for task in tasks[10:15]:
        task.cancel()
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert [n for n, outcome in enumerate(outcomes) if isinstance(outcome, BaseException)] == list(range(10, 15))
    assert await probe.value("SELECT count(*) FROM effects WHERE sequence NOT BETWEEN 10 AND 14") == 25
