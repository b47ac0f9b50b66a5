"""HTTP routes of tasks that people give."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from services.casework.case.requests import commands
from services.casework.case.requests.schemas import TaskCancellationIn, TaskIn
from services.casework.desks.tasks.schemas import TaskOut
from services.chassis.auth import requires
from services.chassis.principal import Principal
from services.chassis.web import Write, problems

router = APIRouter(tags=["tasks"])


@router.post("/cases/{case_id}/tasks", response_model=TaskOut, status_code=201, responses=problems(409))
async def post_task(
    case_id: UUID, body: TaskIn, caller: Annotated[Principal, requires("task:open")], write: Write
) -> Response:
    """Beri tugas kepada sebuah meja, di samping tugas dari alur perkara."""
    return await write(lambda uow: commands.give_task(body.command(case_id), uow), TaskOut.of, 201)


@router.post("/tasks/{task_id}/cancellation", response_model=TaskOut, responses=problems(409))
async def post_task_cancellation(
    task_id: UUID, body: TaskCancellationIn, caller: Annotated[Principal, requires("task:open")], write: Write
) -> Response:
    """Batalkan tugas yang diberikan petugas dan belum selesai."""
    return await write(
        lambda uow: commands.take_task_back(task_id, body.reason_code, body.expected_version, uow), TaskOut.of, 200
    )
