"""Minta kepada instansi: for what, whom, and what of the person is shown to them."""

from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

from fastapi import Request
from fastapi.responses import Response

from services.casework.case.cases import commands
from services.casework.case.cases.queries import case_of
from services.casework.case.requests.domain import Asked, offers, purposes_of
from services.casework.case.requests.schemas import RequestFormIn
from services.casework.handoff.disclosures.domain import Purpose
from services.casework.handoff.handoffs.api import receipt
from services.casework.office.directory.pages import directory_of
from services.casework.office.directory.queries import pack_in_force
from services.chassis.pages import Form, page_requires, page_router
from services.chassis.principal import Principal
from services.chassis.telemetry import tag_span
from services.chassis.web import Reading

TEMPLATES = Path(__file__).parent / "templates"
WORDS = {
    "field": {"purpose": "Keperluan"},
    "done": {"handoff-asked": "Tercatat: permintaan dikirim. Tenggat jawabannya berjalan."},
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
