"""The only code that changes tasks."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from services.casework.desks.tasks import domain, facts, repository
from services.casework.desks.tasks.domain import UNFINISHED, TaskIsEnded, TaskKind, TaskState
from services.casework.desks.tasks.tables import Task
from services.casework.handoff.conditions.repository import open_of_matter_with_code
from services.casework.handoff.handoffs.commands import settle_condition
from services.casework.handoff.handoffs.domain import check_happened_at
from services.casework.office.directory.queries import pack_in_force
from services.casework.office.matters.domain import About
from services.casework.office.procedure_messages.messages import ProcedureStart, StepEnded, StepResult
from services.casework.person.custody.commands import end_custody_of_matter, take_into_custody
from services.casework.person.custody.domain import BURIED, CustodianKind
from services.casework.person.custody.repository import custodies_left, open_of_matter
from services.chassis import clock
from services.chassis.database import UnitOfWork
from services.chassis.errors import NotFound

COMES_BACK_AFTER = timedelta(days=1)
IN_GOOD_HANDS = frozenset({CustodianKind.AGENCY, CustodianKind.CARRIER})
TASKS = UUID("0b0e0f57-8e9b-5f6e-8f5d-5b8f3c1d2e90")


@dataclass(frozen=True, slots=True)
class CreateTask:
    """A procedure's step gives a desk something to do by an instant."""

    about: About
    correlation_id: UUID
    district: str
    step: str
    occurrence: int
    kind: str
    agency: str
    due_at: datetime
    reply_to: str
    reply_workflow: str
    call_agency: str = ""
    call_desk: str = ""


def task_id_of(about_id: UUID, step: str, occurrence: int) -> UUID:
    """The id of the one task of a step and occurrence."""
    return clock.derived_id(TASKS, f"{about_id}:{step}:{occurrence}")


async def create_task(command: CreateTask, uow: UnitOfWork) -> StepResult:
    """One task per step and occurrence; asking again answers how it stands."""
    task_id = task_id_of(command.about.id, command.step, command.occurrence)
    known = await repository.one(uow, task_id)
    return step_result(known or await open_task(command, task_id, uow))


async def open_task(command: CreateTask, task_id: UUID, uow: UnitOfWork) -> Task:
    """A task that was not there before. Raises ``AgencyIsUnknown``."""
    pack = await pack_in_force(uow, command.district)
    task = Task(
        id=task_id,
        correlation_id=command.correlation_id,
        district=command.district,
        about_kind=command.about.kind.value,
        about_id=command.about.id,
        step=command.step,
        kind=str(command.kind),
        agency=command.agency,
        desk=pack.agency(command.agency).desks[0].code,
        state=TaskState.OPEN.value,
        due_at=command.due_at,
        reply_to=command.reply_to,
        reply_workflow=command.reply_workflow,
        call_agency=command.call_agency,
        call_desk=command.call_desk,
    )
    uow.create(task, "create")
    uow.publish(facts.task_created(task), about=task)
    uow.feed(task.agency, facts.feed_item(task, "created"), about=task)
    uow.wake()
    return task


def step_result(task: Task) -> StepResult:
    """How a task stands, as a procedure's step."""
    ended = task.state not in UNFINISHED
    outcome = {TaskState.DONE: "COMPLETED", TaskState.CANCELLED: "CANCELLED"}.get(TaskState(task.state), "")
    return StepResult(
        step=task.step,
        ended=ended,
        outcome=outcome,
        result_code=task.result_code or "",
        agency=task.agency,
        next_check_at=None if ended or task.is_overdue or task.state == TaskState.PAUSED else task.due_at,
    )


async def complete_task(
    task_id: UUID,
    result_code: str,
    expected_version: int | None,
    uow: UnitOfWork,
    *,
    happened_at: datetime | None = None,
) -> Task:
    """Done, with a result; where nothing was decided the task comes back the next day.

    What was done may have consequences: whoever met a person whom nobody had has them in hand, a paper meets the
    condition of a «yes, if …», a burial ends custody. Raises ``NotFound`` to other agencies, ``TaskIsEnded``,
    ``ResultIsUnknown``, ``StaleVersion``, ``HappensLater``, ``HappensTooEarly``. ``happened_at``: when it was done, if
    that was before its record.
    """
    task = await uow.locked(Task, task_id, expected_version)
    if not uow.principal.is_system and uow.principal.agency != task.agency:
        raise NotFound(kind="tasks")
    if task.state != TaskState.OPEN:
        raise TaskIsEnded((), state=task.state)
    domain.check_result(task.kind, result_code)
    now = await uow.now()
    check_happened_at(happened_at, task.recorded_at or now, now)
    if domain.comes_back(task.kind, result_code):
        uow.change(task, "defer", reason=result_code, due_at=now + COMES_BACK_AFTER, is_overdue=False)
        uow.feed(task.agency, facts.feed_item(task, "deferred"), about=task)
        return task
    done_at = happened_at or now
    uow.change(
        task,
        "complete",
        happened_at=happened_at,
        state=TaskState.DONE.value,
        result_code=result_code,
        ended_at=done_at,
    )
    uow.publish(facts.task_completed(task), about=task, happened_at=happened_at)
    await _follow(task, done_at, uow)
    _say_ended(task, uow)
    return task


def _say_ended(task: Task, uow: UnitOfWork) -> None:
    """Tell the procedure that asked for a task, if one did."""
    if not task.reply_workflow:
        return
    uow.signal(
        task.reply_workflow,
        task.reply_to,
        "step_ended",
        StepEnded(step=task.step, outcome="COMPLETED", result_code=task.result_code or "", agency=task.agency),
        start=ProcedureStart(about_id=task.about_id, district=task.district),
        about=task,
    )


async def _follow(task: Task, done_at: datetime, uow: UnitOfWork) -> None:
    kind, result = task.kind, task.result_code or ""
    if kind == TaskKind.BURIAL:
        await end_custody_of_matter(task.about_id, BURIED, done_at, uow)
    if kind == TaskKind.FIRST_RESPONSE and result in domain.MET_THE_PERSON:
        await take_into_custody(task.about_id, task.agency, done_at, uow)
    if kind == TaskKind.SEARCH_PERSON and result == "NOT_FOUND":
        paused = [other for other in await repository.open_of_matter(uow, task.about_id) if other.paused_at is not None]
        await _cancel(paused, result, uow)
    met = domain.condition_met_by(kind, result)
    if met:
        for condition_id in await open_of_matter_with_code(uow, task.about_id, met, task.agency):
            await settle_condition(condition_id, "meet", result, uow)


async def check_task_due(task_id: UUID, uow: UnitOfWork) -> StepResult:
    """What a timer does: say once that the instant has passed; answers how the task stands and when to look again."""
    task = await uow.locked(Task, task_id)
    if task.state == TaskState.OPEN and not task.is_overdue and task.due_at <= await uow.now():
        uow.change(task, "become_overdue", is_overdue=True)
        uow.publish(facts.task_overdue(task), about=task)
        uow.feed(task.agency, facts.feed_item(task, "overdue"), about=task)
    return step_result(task)


async def pause_tasks(about_id: UUID, ids: Collection[UUID], reason_code: str, uow: UnitOfWork) -> None:
    """Nobody can do these now: they stand still until the person is found."""
    now = await uow.now()
    for task in await repository.open_of_matter(uow, about_id):
        if task.id in ids and task.state == TaskState.OPEN:
            uow.change(task, "pause", reason=reason_code, state=TaskState.PAUSED.value, paused_at=now)


async def resume_tasks(about_id: UUID, ids: Collection[UUID], reason_code: str, uow: UnitOfWork) -> None:
    """They go on, as much later as they stood still."""
    now = await uow.now()
    for task in await repository.open_of_matter(uow, about_id):
        if task.id in ids and task.paused_at is not None:
            uow.change(
                task,
                "resume",
                reason=reason_code,
                state=TaskState.OPEN.value,
                paused_at=None,
                due_at=task.due_at + (now - task.paused_at),
                is_overdue=False,
            )


async def tasks_done(ids: Collection[UUID], uow: UnitOfWork) -> list[Task]:
    """Which of these tasks people have done."""
    found = [await repository.one(uow, task_id) for task_id in ids]
    return [task for task in found if task is not None and task.state == TaskState.DONE]


async def is_open(about_id: UUID, kind: TaskKind, uow: UnitOfWork) -> bool:
    """Whether somebody still has such a task in a case."""
    return any(task.kind == kind for task in await repository.open_of_matter(uow, about_id))


async def settle_search(about_id: UUID, result_code: str, uow: UnitOfWork) -> None:
    """The person is no longer looked for: found, or known to be dead."""
    await _settle(about_id, lambda task: task.kind == TaskKind.SEARCH_PERSON, result_code, uow)


async def settle_first_response(about_id: UUID, uow: UnitOfWork) -> None:
    """Somebody has the person already: nobody is sent out, and the procedure goes on from there."""
    for task in await _settle(about_id, lambda task: task.kind == TaskKind.FIRST_RESPONSE, "MET", uow):
        _say_ended(task, uow)


async def settle_by_custody(about_id: UUID, uow: UnitOfWork) -> None:
    """What custody makes pointless ends with it: a team that was to go out for somebody who is in good hands, and the
    task about a stay over the limit when the person has left.
    """
    if any(row.custodian_kind in IN_GOOD_HANDS for row in await open_of_matter(uow, about_id)):
        await settle_first_response(about_id, uow)
    ended = {stay_step(custody_id) for custody_id in await custodies_left(uow, about_id)}
    await _settle(about_id, lambda task: task.kind == TaskKind.STAY_OVER_LIMIT and task.step in ended, "MOVED", uow)


def stay_step(custody_id: UUID) -> str:
    """The step of the one task about a stay over the limit."""
    return f"stay:{custody_id}"


async def _settle(about_id: UUID, is_meant: Callable[[Task], bool], result_code: str, uow: UnitOfWork) -> list[Task]:
    now = await uow.now()
    settled = [task for task in await repository.open_of_matter(uow, about_id) if is_meant(task)]
    for task in settled:
        uow.change(task, "complete", state=TaskState.DONE.value, result_code=result_code, ended_at=now)
        uow.publish(facts.task_completed(task), about=task)
    return settled


async def cancel_task(task_id: UUID, reason_code: str, uow: UnitOfWork) -> None:
    """Cancel one task that is still open; one that has ended is left as it is."""
    task = await uow.locked(Task, task_id)
    if task.state in UNFINISHED:
        await _cancel([task], reason_code, uow)


async def cancel_tasks(about_id: UUID, ids: Collection[UUID], reason_code: str, uow: UnitOfWork) -> None:
    """Cancel these tasks of a case: what they were for is gone."""
    await _cancel([task for task in await repository.open_of_matter(uow, about_id) if task.id in ids], reason_code, uow)


async def revive_of_matter(about_id: UUID, ended_at: datetime, reason_code: str, uow: UnitOfWork) -> list[Task]:
    """Bring back what one act cancelled, settled or paused, which its instant names; due as much later as it stood
    still.
    """
    now = await uow.now()
    rows = await repository.ended_at(uow, about_id, ended_at)
    for task in rows:
        uow.change(
            task,
            "revive",
            reason=reason_code,
            state=TaskState.OPEN.value,
            result_code=None,
            ended_at=None,
            paused_at=None,
            due_at=task.due_at + (now - ended_at),
            is_overdue=False,
        )
        uow.publish(facts.task_created(task), about=task)
        uow.feed(task.agency, facts.feed_item(task, "revived"), about=task)
    return rows


async def cancel_of_matter(about_id: UUID, reason_code: str, uow: UnitOfWork) -> int:
    """Cancel every open task of a case whose purpose is gone; returns how many."""
    rows = await repository.open_of_matter(uow, about_id)
    await _cancel(rows, reason_code, uow)
    return len(rows)


async def _cancel(tasks: Sequence[Task], reason_code: str, uow: UnitOfWork) -> None:
    now = await uow.now()
    for task in tasks:
        uow.change(task, "cancel", reason=reason_code, state=TaskState.CANCELLED.value, paused_at=None, ended_at=now)
        uow.feed(task.agency, facts.feed_item(task, "cancelled"), about=task)
