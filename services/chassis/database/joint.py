"""Joint commits: single-statement units of work that arrive together are committed together.

What comes in while a commit is under way goes with the next one, so that concurrent requests share a round trip and
a flush to disk. Each unit keeps its own outcome: when one statement of a batch fails, the batch was rolled back whole
and every unit of it is made again alone.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import Any

import asyncpg

LANES = 2
JOINED_AT_MOST = 64

_REFUSED = (asyncpg.PostgresError, asyncpg.InterfaceError)
_Waiting = tuple[str, Sequence[Any], asyncio.Future[asyncpg.Record]]


class JointCommits:
    """Runs statements that are a whole transaction each, joined by equal text."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool
        self._waiting: deque[_Waiting] = deque()
        self._lanes: set[asyncio.Task[None]] = set()

    async def fetchrow(self, sql: str, values: Sequence[Any]) -> asyncpg.Record:
        """The one row of a statement that has been committed. Raises what the statement raises made alone."""
        outcome: asyncio.Future[asyncpg.Record] = asyncio.get_running_loop().create_future()
        self._waiting.append((sql, values, outcome))
        if len(self._lanes) < LANES:
            lane = asyncio.create_task(self._work())
            self._lanes.add(lane)
            lane.add_done_callback(self._lanes.discard)
        return await outcome

    async def _work(self) -> None:
        while self._waiting:
            batch = self._next_batch()
            try:
                async with self._pool.acquire() as connection:
                    await self._commit(connection, batch)
            except Exception as error:
                for _, _, outcome in batch:
                    if not outcome.done():
                        outcome.set_exception(error)

    def _next_batch(self) -> list[_Waiting]:
        batch = [self._waiting.popleft()]
        while self._waiting and len(batch) < JOINED_AT_MOST and self._waiting[0][0] == batch[0][0]:
            batch.append(self._waiting.popleft())
        return batch

    async def _commit(self, connection: Any, batch: list[_Waiting]) -> None:
        if len(batch) > 1:
            try:
                rows = await connection.fetchmany(batch[0][0], [values for _, values, _ in batch])
            except _REFUSED:
                if connection.is_closed():
                    raise
            else:
                for (_, _, outcome), row in zip(batch, rows, strict=True):
                    if not outcome.done():
                        outcome.set_result(row)
                return
        for sql, values, outcome in batch:
            try:
                row = await connection.fetchrow(sql, *values)
            except _REFUSED as error:
                if connection.is_closed():
                    raise
                if not outcome.done():
                    outcome.set_exception(error)
            else:
                if not outcome.done():
                    outcome.set_result(row)
