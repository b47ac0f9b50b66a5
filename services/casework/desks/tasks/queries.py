"""Read models of tasks."""

from uuid import UUID

from services.casework.desks.tasks import repository
from services.casework.desks.tasks.tables import Task
from services.chassis.database import ReadSession
from services.chassis.errors import NotFound


async def next_tasks(reading: ReadSession, agency: str, limit: int) -> list[Task]:
    """An agency's open tasks, next due first."""
    return await repository.next_due(reading, agency, limit)


async def tasks_of_matter(reading: ReadSession, about_id: UUID) -> list[Task]:
    """All tasks of a case."""
    return await repository.of_matter(reading, about_id)


async def show_task(reading: ReadSession, task_id: UUID) -> Task:
    """One task. Raises ``NotFound``, also when it is not the caller's."""
    task = await repository.visible(reading, task_id)
    if task is None:
        raise NotFound(kind="tasks")
    return task
