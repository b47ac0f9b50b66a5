"""Minta kepada instansi: for what, whom, and what of the person is shown to them; and tasks that people give."""

from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

from fastapi import Request
from fastapi.responses import Response

from services.casework.case.cases import commands
from services.casework.case.cases.queries import case_of
from services.casework.case.requests import commands as commands_by_hand
from services.casework.case.requests.domain import Asked, TaskByHand, offers, purposes_of
from services.casework.case.requests.schemas import RequestFormIn, TaskCancellationIn, TaskFormIn
from services.casework.desks.tasks.pages import KINDS as TASK_KINDS
from services.casework.desks.tasks.schemas import TaskOut
from services.casework.handoff.disclosures.domain import Purpose
from services.casework.handoff.handoffs.api import receipt
from services.casework.office.directory.pages import directory_of
from services.casework.office.directory.queries import pack_in_force
from services.chassis.pages import Form, page_requires, page_router
from services.chassis.principal import Principal
from services.chassis.telemetry import tag_span
from services.chassis.web import Reading

TEMPLATES = Path(__file__).parent / "templates"
CANCELS = {"NO_LONGER_NEEDED": "Tidak diperlukan lagi", "GIVEN_BY_MISTAKE": "Tugas salah diberikan"}
WORDS = {
    "field": {"purpose": "Keperluan", "due_local": "Paling lambat"},
    "field.reason_code": {"GIVEN_BY_MISTAKE": CANCELS["GIVEN_BY_MISTAKE"]},
    "task_cancel": CANCELS,
    "done": {
        "handoff-asked": "Tercatat: permintaan dikirim. Tenggat jawabannya berjalan.",
        "task-given": "Tercatat: tugas diberikan. Ia muncul pada daftar kerja instansinya.",
        "task-cancelled": "Tercatat: tugas dibatalkan.",
    },
}

router = page_router()


@router.get("/perkara/{case_id}/permintaan")
async def request_page(
    case_id: UUID,
    request: Request,
    caller: Annotated[Principal, page_requires("handoff:open")],
    reading: Reading,
    keperluan: Purpose | None = None,
) -> Response:
    """First for what, then whom: with each agency what it would be shown, and by which law."""
    case = await case_of(case_id, reading)
    tag_span(case_id=str(case.correlation_id))
    pack = await pack_in_force(reading, case.district)
    directory = await directory_of(reading, [case.district])
    asked = Asked(case.village_code, case.holder, case.apparent_minor)
    rendered: Response = request.app.state.pages.render(
        request,
        "request.html",
        case=case,
        purposes=purposes_of(pack),
        chosen=keperluan,
        offers=offers(pack, keperluan, asked) if keperluan else (),
        **directory.context(case.district),
    )
    return rendered


@router.post("/perkara/{case_id}/permintaan/minta")
async def post_request(
    case_id: UUID, caller: Annotated[Principal, page_requires("handoff:open")], form: Form
) -> Response:
    """Ask, and go on to the hand-off."""
    command = form.read(RequestFormIn).command(case_id)

    def onto(made: Any) -> tuple[str, str]:
        return f"/serah-terima/{made['handoff_id']}", "handoff-asked"

    return await form.go_on(lambda uow: commands.open_handoff(command, uow), receipt, onto)


@router.get("/perkara/{case_id}/tugas-baru")
async def task_form(
    case_id: UUID, request: Request, caller: Annotated[Principal, page_requires("task:open")], reading: Reading
) -> Response:
    """What, for whom, and by when."""
    case = await case_of(case_id, reading)
    tag_span(case_id=str(case.correlation_id))
    directory = await directory_of(reading, [case.district])
    rendered: Response = request.app.state.pages.render(
        request,
        "new-task.html",
        case=case,
        kinds={kind.value: TASK_KINDS[kind.value] for kind in TaskByHand},
        **directory.context(case.district),
    )
    return rendered


@router.post("/perkara/{case_id}/tugas-baru/beri")
async def post_page_task(
    case_id: UUID, caller: Annotated[Principal, page_requires("task:open")], reading: Reading, form: Form
) -> Response:
    """Give it, and go on to it."""
    zone = (await directory_of(reading, caller.offices)).zone()
    command = form.read(TaskFormIn).command(case_id, zone)

    def onto(made: Any) -> tuple[str, str]:
        return f"/tugas/{made['task_id']}", "task-given"

    return await form.go_on(lambda uow: commands_by_hand.give_task(command, uow), TaskOut.of, onto)


@router.post("/tugas/{task_id}/batal")
async def post_page_cancellation(
    task_id: UUID, caller: Annotated[Principal, page_requires("task:open")], form: Form
) -> Response:
    """Take a task back that somebody gave."""
    body = form.read(TaskCancellationIn)
    return await form.write(
        lambda uow: commands_by_hand.take_task_back(task_id, body.reason_code, body.expected_version, uow),
        "task-cancelled",
    )
