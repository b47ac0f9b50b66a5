"""Tasks whose instant passed are said to be overdue, whoever gave them: a procedure, an occurrence, or somebody."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TypeVar

from services.casework.desks.tasks import repository
from services.casework.desks.tasks.commands import check_task_due
from services.chassis.database import UnitOfWork
from services.chassis.service import Running

T = TypeVar("T")

ROWS = 200


class TaskSweep:
    """Tells of each task once; a procedure that waits for it may tell first."""

    next_due = repository.NEXT_DUE

    def __init__(self, running: Running) -> None:
        self._running = running

    async def turn(self, stop: asyncio.Event) -> bool:
        """Tell of those whose instant has passed, one by one; False when there was none."""
        passed = await self._perform(lambda uow: repository.passed(uow, ROWS))
        for task_id in passed:
            if stop.is_set():
                break
            await self._perform(partial(check_task_due, task_id))
        return bool(passed)

    async def _perform(self, work: Callable[[UnitOfWork], Awaitable[T]]) -> T:
        return await self._running.units.perform(work, principal=self._running.principal)

    async def look_at_all(self) -> None:
        """Instants of tasks are promises: they stay what they are when a clock was wrong."""

    async def close(self) -> None:
        """Nothing is held."""
