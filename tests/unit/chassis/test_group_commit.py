"""The lanes of joint commits, on a pool that answers at once."""

import asyncio
from typing import Any

from services.chassis.database.group_commit import GroupCommit


class Answers:
    """A pool and its connection: every statement answers with its first value."""

    async def __aenter__(self) -> "Answers":
        return self

    async def __aexit__(self, *_: object) -> None:
        """Nothing to give back."""

    def acquire(self) -> "Answers":
        return self

    async def fetchrow(self, _sql: str, *values: Any) -> Any:
        await asyncio.sleep(0)
        return values[0]

    async def fetchmany(self, _sql: str, rows: list[Any]) -> list[Any]:
        await asyncio.sleep(0)
        return [row[0] for row in rows]


async def test_whoever_comes_as_the_last_lane_ends_is_not_left_waiting() -> None:
    for turns in range(12):
        joint = GroupCommit(Answers())

        async def late(turns: int = turns, joint: GroupCommit = joint) -> Any:
            for _ in range(turns):
                await asyncio.sleep(0)
            return await joint.fetchrow("late", [3])

        together = asyncio.gather(joint.fetchrow("one", [1]), joint.fetchrow("two", [2]), late())
        assert list(await asyncio.wait_for(together, 2)) == [1, 2, 3]
