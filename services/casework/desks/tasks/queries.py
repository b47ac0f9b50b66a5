"""Read models of tasks."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from services.casework.desks.tasks import access, repository
from services.casework.desks.tasks.domain import TaskKind, TaskState
from services.casework.desks.tasks.tables import Task
from services.casework.office.matters.queries import matter_of
from services.chassis.database import ReadSession, Units
from services.chassis.errors import NotFound
from services.chassis.persons import log_special_read, unseal_person


async def next_tasks(reading: ReadSession, agency: str, after: UUID | None, limit: int) -> list[Task]:
    """An agency's open tasks, next due first; those after a task, whether it still is open or not."""
    return await repository.next_due(reading, agency, after, limit)


async def tasks_of_ids(reading: ReadSession, ids: Collection[UUID]) -> list[Task]:
    """Those of some tasks that lie within the caller's scope."""
    return await repository.of_ids(reading, ids) if ids else []


async def tasks_of_matter(reading: ReadSession, about_id: UUID) -> list[Task]:
    """All tasks of a case."""
    return await repository.of_matter(reading, about_id)


async def show_task(reading: ReadSession, task_id: UUID) -> Task:
    """One task. Raises ``NotFound``, also when it is not the caller's."""
    task = await repository.visible(reading, task_id)
    if task is None:
        raise NotFound(kind="tasks")
    return task


COMPARED = ("name", "nik", "birth_date", "approximate_age_years", "sex")
REGISTRY, SAID_SEX = "registry_", "said_sex"
"""How intake names sealed fields that a registry told, and the sex that a reporter did."""


@dataclass(frozen=True, slots=True)
class Side:
    """One thing about a person, as a reporter said it and as a registry did."""

    field: str
    said: str | None
    told: str | None


async def sides_of(reading: ReadSession, task: Task, units: Units, private_key: str) -> list[Side]:
    """What was said of a person and what a registry said, for whoever has to compare it; logged before it is opened.

    Empty for every other task, for one that is done, and for whoever may not do it.
    """
    is_open = task.kind == TaskKind.IDENTITY_REVIEW and task.state == TaskState.OPEN
    principal = reading.principal
    may = task.agency == principal.agency and principal.roles & access.PERMISSIONS["task:complete"]
    matter = await matter_of(reading, task.about_id) if is_open and may else None
    if matter is None or matter.person_id is None:
        return []
    fields = [*COMPARED, SAID_SEX, *(f"{REGISTRY}{name}" for name in COMPARED)]
    await log_special_read(units, principal, TaskKind.IDENTITY_REVIEW, "tasks", task.id, fields, task.district)
    opened = await unseal_person(reading, matter.person_id, fields, private_key)
    said = {**opened, "sex": opened.get(SAID_SEX)}
    return [Side(name, said.get(name), opened.get(f"{REGISTRY}{name}")) for name in COMPARED]
