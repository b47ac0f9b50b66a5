"""What is said about tasks."""

from typing import Any

from contracts.events.casework import TaskCompleted, TaskCreated, TaskOverdue
from services.casework.desks.tasks.tables import Task


def task_created(task: Task) -> TaskCreated:
    """Somebody has something to do."""
    return TaskCreated(
        task_id=task.id,
        about_kind=task.about_kind,
        about_id=task.about_id,
        kind=task.kind,
        desk=task.desk,
        due_at=task.due_at,
    )


def task_completed(task: Task) -> TaskCompleted:
    """It was done."""
    return TaskCompleted(
        task_id=task.id, about_kind=task.about_kind, about_id=task.about_id, result_code=task.result_code or "DONE"
    )


def task_overdue(task: Task) -> TaskOverdue:
    """Its instant passed."""
    return TaskOverdue(task_id=task.id, about_kind=task.about_kind, about_id=task.about_id)


def feed_item(task: Task, what: str) -> dict[str, Any]:
    """One line of an agency's feed."""
    return {
        "kind": f"task.{what}",
        "task_id": str(task.id),
        "about_kind": task.about_kind,
        "about_id": str(task.about_id),
        "task_kind": task.kind,
        "agency": task.agency,
        "desk": task.desk,
        "due_at": task.due_at.isoformat(),
    }
