"""HTTP routes of tasks."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from services.casework.desks.tasks import commands, queries
from services.casework.desks.tasks.schemas import TaskCompletionIn, TaskOut, TaskPage
from services.chassis.auth import requires
from services.chassis.principal import Principal
from services.chassis.web import PageLimit, Reading, Write, problems

router = APIRouter(tags=["tasks"])


@router.get("/tasks", response_model=TaskPage, responses=problems())
async def get_tasks(
    caller: Annotated[Principal, requires("task:read")],
    reading: Reading,
    after: UUID | None = None,
    limit: PageLimit = 50,
) -> TaskPage:
    """Tugas terbuka instansi Anda, tenggat terdekat lebih dahulu."""
    rows = await queries.next_tasks(reading, caller.agency, after, limit)
    return TaskPage(items=[TaskOut.of(row) for row in rows], next_after=rows[-1].id if len(rows) == limit else None)


@router.post("/tasks/{task_id}/completion", response_model=TaskOut, responses=problems(409))
async def post_completion(
    task_id: UUID, body: TaskCompletionIn, caller: Annotated[Principal, requires("task:complete")], write: Write
) -> Response:
    """Tugas selesai, dengan hasil."""
    return await write(
        lambda uow: commands.complete_task(
            task_id, body.result_code, body.expected_version, uow, happened_at=body.happened_at
        ),
        TaskOut.of,
        200,
    )
