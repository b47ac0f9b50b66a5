"""What casework says of tasks at a desk."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from contracts.envelope import Event, Sensitivity
from contracts.fields import Code, Instant, Slug


class TaskCreated(Event):
    """Someone at a desk has something to do until an instant."""

    TYPE: ClassVar[str] = "casework.task.created.v1"
    SENSITIVITY: ClassVar[Sensitivity] = Sensitivity.INTERNAL

    task_id: UUID
    about_kind: Slug
    about_id: UUID
    kind: Code
    desk: Slug
    due_at: Instant


class TaskCompleted(Event):
    """A task was done, with a result."""

    TYPE: ClassVar[str] = "casework.task.completed.v1"
    SENSITIVITY: ClassVar[Sensitivity] = Sensitivity.INTERNAL

    task_id: UUID
    about_kind: Slug
    about_id: UUID
    result_code: Code


class TaskOverdue(Event):
    """A task's instant passed before it was done."""

    TYPE: ClassVar[str] = "casework.task.overdue.v1"
    SENSITIVITY: ClassVar[Sensitivity] = Sensitivity.INTERNAL

    task_id: UUID
    about_kind: Slug
    about_id: UUID
