"""Every query on tasks."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, tuple_
from sqlmodel import col, or_, select

from services.casework.desks.tasks.domain import UNFINISHED, TaskState
from services.casework.desks.tasks.tables import Task
from services.chassis.database import ReadSession, UnitOfWork, with_states


async def one(uow: UnitOfWork, task_id: UUID) -> Task | None:
    """A task, locked."""
    return await uow.first(select(Task).where(Task.id == task_id).with_for_update())


async def visible(reading: ReadSession, task_id: UUID) -> Task | None:
    """A task within the caller's scope."""
    return await reading.first(select(Task).where(Task.id == task_id))


NEXT_DUE = with_states(
    "SELECT min(due_at) FROM tasks WHERE state = {open_task} AND NOT is_overdue", open_task=TaskState.OPEN
)
"""When the next open task's instant passes, by its index."""


async def passed(uow: UnitOfWork, limit: int) -> list[UUID]:
    """Open tasks whose instant has passed and of which nobody was told, the longest passed first."""
    due = (Task.state == TaskState.OPEN.value, col(Task.is_overdue).is_(False), col(Task.due_at) <= func.now())
    return await uow.scalars(select(Task.id).where(*due).order_by(col(Task.due_at)).limit(limit))


async def open_of_matter(uow: UnitOfWork, about_id: UUID) -> list[Task]:
    """Open and paused tasks of a case, locked."""
    return await uow.all(
        select(Task)
        .where(Task.about_id == about_id, col(Task.state).in_([state.value for state in UNFINISHED]))
        .order_by(col(Task.id))
        .with_for_update()
    )


async def ended_at(uow: UnitOfWork, about_id: UUID, at: datetime) -> list[Task]:
    """Tasks of a case that ended, or were paused, at an instant: what one act did, and nobody since; locked."""
    return await uow.all(
        select(Task)
        .where(Task.about_id == about_id, or_(Task.ended_at == at, Task.paused_at == at))
        .order_by(col(Task.id))
        .with_for_update()
    )


async def of_matter(reading: ReadSession, about_id: UUID) -> list[Task]:
    """All tasks of a case in order of their due time."""
    return await reading.all(select(Task).where(Task.about_id == about_id).order_by(col(Task.due_at)))


async def next_due(reading: ReadSession, agency: str, after: UUID | None, limit: int) -> list[Task]:
    """An agency's open tasks, next due first; those that stand after a task when one is given."""
    query = select(Task).where(Task.agency == agency, Task.state == TaskState.OPEN.value)
    if after is not None:
        known = select(Task.due_at, Task.id).where(Task.id == after).scalar_subquery()
        query = query.where(tuple_(col(Task.due_at), col(Task.id)) > known)
    return await reading.all(query.order_by(col(Task.due_at), col(Task.id)).limit(limit))


async def of_ids(reading: ReadSession, ids: Collection[UUID]) -> list[Task]:
    """Some tasks, as far as they lie within the caller's scope."""
    return await reading.all(select(Task).where(col(Task.id).in_(ids)))
