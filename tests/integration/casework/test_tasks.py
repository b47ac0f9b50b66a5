"""Tasks and their instant, on real rows."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from services.casework.desks.tasks.commands import CreateTask, complete_task, create_task, ring_task, task_id_of
from services.casework.desks.tasks.domain import TaskIsEnded, TaskKind
from services.chassis import clock
from services.chassis.database import UnitOfWork
from services.chassis.principal import system_principal
from tests.support.services import Bench

SYSTEM = system_principal("casework")


async def open_task(bench: Bench, due_in: timedelta) -> UUID:
    """A visit of the puskesmas in Babat, due so long from now."""
    case_id = uuid4()
    command = CreateTask(
        case_id=case_id, correlation_id=uuid4(), district="35.24", step="visit-1", occurrence=1,
        kind=TaskKind.AFTERCARE_VISIT, agency="puskesmas-babat", due_at=clock.utc_now() + due_in,
        reply_to=f"case:{case_id}", reply_workflow="OdgjProcedure",
    )  # fmt: skip
    first = await bench.units.perform(lambda uow: create_task(command, uow), principal=SYSTEM)
    again = await bench.units.perform(lambda uow: create_task(command, uow), principal=SYSTEM)
    assert first == again
    assert not first.ended
    return task_id_of(case_id, "visit-1", 1)


async def facts(bench: Bench, task_id: UUID) -> list[str]:
    rows = await bench.rows(
        "SELECT headers->>'ce_type' AS type FROM outbox WHERE exit = 'kafka' AND headers->>'ce_subject' = $1"
        " ORDER BY id", str(task_id),
    )  # fmt: skip
    return [row["type"] for row in rows]


async def test_an_overdue_task_is_said_once_and_stays_open(casework: Bench) -> None:
    task_id = await open_task(casework, timedelta(seconds=-1))

    async def ring(uow: UnitOfWork) -> object:
        return (await ring_task(task_id, uow)).look_again_at

    assert await casework.units.perform(ring, principal=SYSTEM) is None
    assert await casework.units.perform(ring, principal=SYSTEM) is None
    assert await facts(casework, task_id) == ["casework.task.created.v1", "casework.task.overdue.v1"]
    assert await casework.value("SELECT state FROM tasks WHERE id = $1", task_id) == "open"


async def test_a_timer_that_rings_too_early_is_told_when_to_look_again(casework: Bench) -> None:
    task_id = await open_task(casework, timedelta(hours=1))
    result = await casework.units.perform(lambda uow: ring_task(task_id, uow), principal=SYSTEM)
    assert result.look_again_at == await casework.value("SELECT due_at FROM tasks WHERE id = $1", task_id)
    assert await facts(casework, task_id) == ["casework.task.created.v1"]


async def test_a_task_done_in_time_never_becomes_overdue(casework: Bench) -> None:
    task_id = await open_task(casework, timedelta(seconds=-1))
    await casework.units.perform(lambda uow: complete_task(task_id, "STABLE", None, uow), principal=SYSTEM)
    result = await casework.units.perform(lambda uow: ring_task(task_id, uow), principal=SYSTEM)
    assert (result.ended, result.result_code, result.look_again_at) == (True, "STABLE", None)
    with pytest.raises(TaskIsEnded):
        await casework.units.perform(lambda uow: complete_task(task_id, "STABLE", None, uow), principal=SYSTEM)
    assert await facts(casework, task_id) == ["casework.task.created.v1", "casework.task.completed.v1"]
