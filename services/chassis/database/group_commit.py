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

_MAY_HAVE_COMMITTED = (
    asyncpg.PostgresConnectionError, asyncpg.InternalClientError, asyncpg.AdminShutdownError, asyncpg.CrashShutdownError
)  # fmt: skip
"""The connection broke: only a unit with a guard may be made again, and that is for whoever made it."""
_Waiting = tuple[str, Sequence[Any], asyncio.Future[asyncpg.Record]]


class GroupCommit:
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
            self._lanes.add(asyncio.create_task(self._work()))
        return await outcome

    async def _work(self) -> None:
        try:
            while self._waiting:
                batch = self._next_batch()
                try:
                    await self._commit(batch)
                except Exception as error:
                    for waiting in batch:
                        _fail(waiting, error)
        finally:
            # Here, not in a callback a turn later: whoever comes next must see that this lane is free.
            self._lanes.discard(asyncio.current_task())

    def _next_batch(self) -> list[_Waiting]:
        batch = [self._waiting.popleft()]
        while self._waiting and len(batch) < JOINED_AT_MOST and self._waiting[0][0] == batch[0][0]:
            batch.append(self._waiting.popleft())
        return batch

    async def _commit(self, batch: list[_Waiting]) -> None:
        if len(batch) == 1:
            await self._commit_alone(batch[0])
            return
        try:
            async with self._pool.acquire() as connection:
                rows = await connection.fetchmany(batch[0][0], [values for _, values, _ in batch])
        except _MAY_HAVE_COMMITTED:
            raise
        except (asyncpg.PostgresError, asyncpg.InterfaceError):
            await asyncio.gather(*(self._commit_alone(waiting) for waiting in batch))
            return
        for (_, _, outcome), row in zip(batch, rows, strict=True):
            if not outcome.done():
                outcome.set_result(row)

    async def _commit_alone(self, waiting: _Waiting) -> None:
        sql, values, outcome = waiting
        try:
            async with self._pool.acquire() as connection:
                row = await connection.fetchrow(sql, *values)
        except Exception as error:
            _fail(waiting, error)
        else:
            if not outcome.done():
                outcome.set_result(row)


def _fail(waiting: _Waiting, error: Exception) -> None:
    outcome = waiting[2]
    if not outcome.done():
        outcome.set_exception(error)
