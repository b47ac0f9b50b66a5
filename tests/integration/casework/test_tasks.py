"""Tasks and their instant, on real rows."""

from datetime import timedelta
from uuid import UUID

import pytest

from services.casework.desks.tasks.commands import check_task_due, complete_task
from services.casework.desks.tasks.domain import TaskIsEnded
from services.chassis.database import UnitOfWork
from tests.support.casework.tasks import SYSTEM, open_task
from tests.support.services import Bench


async def facts(bench: Bench, task_id: UUID) -> list[str]:
    rows = await bench.rows(
        "SELECT headers->>'ce_type' AS type FROM outbox WHERE transport = 'kafka' AND headers->>'ce_subject' = $1"
        " ORDER BY id", str(task_id),
    )  # fmt: skip
    return [row["type"] for row in rows]


async def test_an_overdue_task_is_said_once_and_stays_open(casework: Bench) -> None:
    task_id = await open_task(casework, timedelta(seconds=-1))

    async def ring(uow: UnitOfWork) -> object:
        return (await check_task_due(task_id, uow)).next_check_at

    assert await casework.units.perform(ring, principal=SYSTEM) is None
    assert await casework.units.perform(ring, principal=SYSTEM) is None
    assert await facts(casework, task_id) == ["casework.task.created.v1", "casework.task.overdue.v1"]
    assert await casework.value("SELECT state FROM tasks WHERE id = $1", task_id) == "open"


async def test_a_timer_that_fires_too_early_is_told_when_to_look_again(casework: Bench) -> None:
    task_id = await open_task(casework, timedelta(hours=1))
    result = await casework.units.perform(lambda uow: check_task_due(task_id, uow), principal=SYSTEM)
    assert result.next_check_at == await casework.value("SELECT due_at FROM tasks WHERE id = $1", task_id)
    assert await facts(casework, task_id) == ["casework.task.created.v1"]


async def test_a_task_done_in_time_never_becomes_overdue(casework: Bench) -> None:
    task_id = await open_task(casework, timedelta(seconds=-1))
    await casework.units.perform(lambda uow: complete_task(task_id, "STABLE", None, uow), principal=SYSTEM)
    result = await casework.units.perform(lambda uow: check_task_due(task_id, uow), principal=SYSTEM)
    assert (result.ended, result.result_code, result.next_check_at) == (True, "STABLE", None)
    with pytest.raises(TaskIsEnded):
        await casework.units.perform(lambda uow: complete_task(task_id, "STABLE", None, uow), principal=SYSTEM)
    assert await facts(casework, task_id) == ["casework.task.created.v1", "casework.task.completed.v1"]
