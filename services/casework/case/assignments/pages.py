"""Petugas perkara: how many cases each worker sees to, taking a case, handing it on, and handing on all of them."""

from pathlib import Path
from typing import Annotated
from uuid import UUID

from fastapi import Request
from fastapi.responses import Response

from services.casework.case.assignments import access, commands, queries
from services.casework.case.assignments.schemas import AssignmentIn, WorkerHandoverIn
from services.chassis.pages import Form, page_requires, page_router
from services.chassis.principal import Principal
from services.chassis.web import Reading

TEMPLATES = Path(__file__).parent / "templates"
WORDS = {
    "field": {"worker": "Petugas", "former": "Yang menyerahkan"},
    "done": {
        "case-assigned": "Tercatat: petugas perkara ini.",
        "cases-handed-over": "Tercatat: semua perkaranya beralih.",
    },
}

router = page_router()


@router.post("/perkara/{case_id}/petugas")
async def post_page_assignment(
    case_id: UUID, caller: Annotated[Principal, page_requires("case:assign")], form: Form
) -> Response:
    """Take the case, or hand it on."""
    body = form.read(AssignmentIn)
    return await form.write(
        lambda uow: commands.assign_case(case_id, body.worker, body.expected_version, uow), "case-assigned"
    )


@router.get("/petugas")
async def worker_list(
    request: Request, caller: Annotated[Principal, page_requires("case:assign")], reading: Reading
) -> Response:
    """How many open cases each sees to; whoever leads hands all of one's to another."""
    found = await queries.loads_of(reading)
    colleagues = request.app.state.pages.colleagues.of_agency(caller.agency)
    rendered: Response = request.app.state.pages.render(
        request,
        "workers.html",
        loads=found,
        loaded=[one.worker for one in found if one.worker],
        colleagues={one.actor: one.name for one in colleagues if one.name},
        may_hand_over=bool(caller.roles & access.PERMISSIONS["case:hand-over-all"]),
    )
    return rendered


@router.post("/petugas/alihkan")
async def post_page_handover(caller: Annotated[Principal, page_requires("case:hand-over-all")], form: Form) -> Response:
    """All of one's cases go to another."""
    body = form.read(WorkerHandoverIn)
    return await form.write(lambda uow: commands.hand_over_all(body.former, body.worker, uow), "cases-handed-over")
