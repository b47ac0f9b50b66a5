"""Tasks that people give and take back."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.casework.case.cases.domain import CaseIsClosed, CaseState
from services.casework.case.cases.tables import Case
from services.casework.case.requests import domain
from services.casework.case.requests.domain import CancelReason, TaskByHand
from services.casework.desks.tasks.commands import CreateTask, cancel_task, open_task
from services.casework.desks.tasks.domain import BY_HAND, UNFINISHED, TaskIsEnded, is_by_hand
from services.casework.desks.tasks.tables import Task
from services.casework.office.matters import domain as matters
from services.casework.office.procedure_messages.messages import procedure_id
from services.chassis import clock
from services.chassis.database import UnitOfWork


@dataclass(frozen=True, slots=True)
class GiveTask:
    """Something for an agency's desk to do in a case by an instant; without ``agency`` for the case's holder."""

    case_id: UUID
    kind: TaskByHand
    agency: str | None
    due_at: datetime


async def give_task(command: GiveTask, uow: UnitOfWork) -> Task:
    """Give a desk something to do.

    Raises ``NotFound``, ``CaseIsClosed``, ``AgencyIsUnknown``, ``TaskDueIsOutOfReach``.
    """
    case = await uow.locked(Case, command.case_id)
    if case.state == CaseState.CLOSED:
        raise CaseIsClosed(())
    domain.check_due(command.due_at, await uow.now())
    task_id = clock.new_id()
    return await open_task(
        CreateTask(
            about=matters.case(case.id),
            correlation_id=case.correlation_id,
            district=case.district,
            step=f"{BY_HAND}:{task_id}",
            occurrence=1,
            kind=command.kind.value,
            agency=command.agency or case.holder,
            due_at=command.due_at,
            reply_to=procedure_id(matters.case(case.id)),
            reply_workflow=case.workflow,
        ),
        task_id,
        uow,
    )


async def take_task_back(task_id: UUID, reason: CancelReason, expected_version: int | None, uow: UnitOfWork) -> Task:
    """Take back what was given by hand and not done yet.

    Raises ``NotFound``, ``StaleVersion``, ``TaskIsAProceduresStep``, ``TaskIsEnded``.
    """
    task = await uow.locked(Task, task_id, expected_version)
    if not is_by_hand(task.step):
        raise domain.TaskIsAProceduresStep((), state=task.state)
    if task.state not in UNFINISHED:
        raise TaskIsEnded((), state=task.state)
    await cancel_task(task.id, reason.value, uow)
    return await uow.locked(Task, task.id)
