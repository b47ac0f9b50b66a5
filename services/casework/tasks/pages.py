"""The page of one task, and its completion."""

from pathlib import Path
from typing import Annotated
from uuid import UUID

from fastapi import Request
from fastapi.responses import Response

from services.casework.directory.access import OFFICE_ROLES
from services.casework.directory.pages import directory_of
from services.casework.tasks import access, commands, queries
from services.casework.tasks.domain import TaskState
from services.casework.tasks.schemas import TaskCompletionIn
from services.chassis.pages import Form, page_requires, page_router
from services.chassis.principal import Principal
from services.chassis.telemetry import tag_span
from services.chassis.web import Reading

TEMPLATES = Path(__file__).parent / "templates"

KINDS = {
    "SHELTER_ASSESSMENT": "Asesmen di rumah singgah",
    "AFTERCARE_VISIT": "Kunjungan pascalayanan",
    "CASE_CONFERENCE": "Rapat perkara",
    "SEARCH_PERSON": "Pencarian orang",
    "BURIAL": "Pemakaman",
    "PHONE_CALL": "Telepon meja",
}
RESULTS: dict[str, dict[str, str]] = {
    "SHELTER_ASSESSMENT": {"ASSESSED": "Asesmen selesai"},
    "AFTERCARE_VISIT": {
        "STABLE": "Stabil",
        "NEEDS_ATTENTION": "Perlu perhatian",
        "NOT_MET": "Tidak dijumpai",
    },
    "PHONE_CALL": {"REACHED": "Tersambung, meja sudah tahu", "NOT_REACHED": "Tidak tersambung"},
    "SEARCH_PERSON": {"NOT_FOUND": "Tidak ditemukan"},
    "BURIAL": {"BURIED": "Sudah dimakamkan", "HANDED_TO_FAMILY": "Diserahkan kepada keluarga"},
    "CASE_CONFERENCE": {
        "SEARCH_AGAIN": "Cari kembali",
        "DECIDED": "Sudah diputuskan",
        "UNDECIDED": "Belum ada keputusan, rapat lagi besok",
    },
}
ANY_RESULT = {"DONE": "Selesai dikerjakan"}
WORDS = {
    **KINDS,
    **{code: text for group in RESULTS.values() for code, text in group.items()},
    "open": "terbuka",
    "paused": "dihentikan sementara",
    "done": "selesai",
    "task-complete": "Tercatat: tugas selesai.",
}

router = page_router()


@router.get("/tugas/{task_id}")
async def task_page(
    task_id: UUID, request: Request, caller: Annotated[Principal, page_requires("task:read")], reading: Reading
) -> Response:
    """One task with its completion."""
    task = await queries.show_task(reading, task_id)
    tag_span(case_id=str(task.correlation_id))
    may_complete = task.agency == caller.agency and bool(caller.roles & access.PERMISSIONS["task:complete"])
    rendered: Response = request.app.state.pages.render(
        request,
        "task.html",
        task=task,
        may_complete=may_complete and task.state == TaskState.OPEN,
        is_of_the_office=bool(caller.roles & OFFICE_ROLES),
        results=RESULTS.get(task.kind, ANY_RESULT),
        **(await directory_of(reading, [task.district])).context(task.district),
    )
    return rendered


@router.post("/tugas/{task_id}/selesai")
async def post_completion(
    task_id: UUID, caller: Annotated[Principal, page_requires("task:complete")], form: Form
) -> Response:
    """Done, with a result."""
    body = form.read(TaskCompletionIn)
    return await form.write(
        lambda uow: commands.complete_task(task_id, body.result_code, body.expected_version, uow), "task-complete"
    )
