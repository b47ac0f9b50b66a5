"""Tasks of a desk, made without a case."""

from datetime import timedelta
from uuid import UUID, uuid4

from services.casework.desks.tasks.commands import CreateTask, create_task, task_id_of
from services.casework.desks.tasks.domain import TaskKind
from services.casework.office.matters.domain import case
from services.chassis import clock
from services.chassis.principal import system_principal
from tests.support.services import Bench

SYSTEM = system_principal("casework")


async def open_task(bench: Bench, due_in: timedelta) -> UUID:
    """A visit of the puskesmas in Babat, due so long from now."""
    case_id = uuid4()
    command = CreateTask(
        about=case(case_id), correlation_id=uuid4(), district="35.24", step="visit-1", occurrence=1,
        kind=TaskKind.AFTERCARE_VISIT, agency="puskesmas-babat", due_at=clock.utc_now() + due_in,
        reply_to=f"case:{case_id}", reply_workflow="OdgjProcedure",
    )  # fmt: skip
    first = await bench.units.perform(lambda uow: create_task(command, uow), principal=SYSTEM)
    again = await bench.units.perform(lambda uow: create_task(command, uow), principal=SYSTEM)
    assert first == again
    assert not first.ended
    return task_id_of(case_id, "visit-1", 1)
