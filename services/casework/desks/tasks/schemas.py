"""Request and response shapes of tasks."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field

from contracts.fields import Instant
from services.casework.desks.tasks.domain import results_of
from services.casework.desks.tasks.tables import Task
from services.chassis.web import CodeText, RequestBody, Version


class _Completion(RequestBody):
    """How a task ended."""

    result_code: CodeText
    expected_version: Version | None = None


class TaskCompletionIn(_Completion):
    """A task is done."""

    happened_at: Instant | None = Field(default=None, description="Kapan dikerjakan, bila dicatat belakangan")


class TaskCompletionFormIn(_Completion):
    """A page's completion; the time, where one is given, is the district's wall clock."""

    happened_local: datetime | None = None

    def happened_at(self, zone: str) -> datetime | None:
        """The instant that is meant."""
        return self.happened_local.replace(tzinfo=ZoneInfo(zone)) if self.happened_local else None


class TaskOut(BaseModel):
    """A task as its agency sees it."""

    task_id: UUID
    about_kind: str
    about_id: UUID
    kind: str
    agency: str
    desk: str
    state: str
    version: int
    results: list[str] = Field(description="Hasil yang mungkin untuk tugas ini")
    due_at: datetime
    is_overdue: bool
    result_code: str | None
    call_agency: str = Field(description="Instansi yang harus ditelepon, bila ada")
    call_desk: str = Field(description="Mejanya")

    @classmethod
    def of(cls, task: Task) -> "TaskOut":
        """From the row."""
        return cls(
            task_id=task.id,
            about_kind=task.about_kind,
            about_id=task.about_id,
            kind=task.kind,
            agency=task.agency,
            desk=task.desk,
            state=task.state,
            version=task.version,
            results=list(results_of(task.kind)),
            due_at=task.due_at,
            is_overdue=task.is_overdue,
            result_code=task.result_code,
            call_agency=task.call_agency,
            call_desk=task.call_desk,
        )


class TaskPage(BaseModel):
    """Open tasks, next due first."""

    items: list[TaskOut]
    next_after: UUID | None = Field(description="Nilai after untuk halaman berikutnya; kosong pada yang terakhir")
