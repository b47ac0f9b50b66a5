"""HTTP routes of links."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from services.casework.handoff.handoffs.queries import party_handoff
from services.casework.papers.links import commands, queries
from services.casework.papers.links.adapter import keys_of
from services.casework.papers.links.commands import MintLink
from services.casework.papers.links.schemas import LinkMade, LinkOut, LinksOut
from services.chassis import clock
from services.chassis.auth import requires
from services.chassis.principal import Principal
from services.chassis.telemetry import tag_span
from services.chassis.web import Answered, Reading, Write, problems

router = APIRouter(tags=["links"])


def _with_secrets(given: Answered, request: Request) -> Response:
    settings = request.app.state.settings
    address = settings.public_url or request.app.state.root_path
    made = LinkMade.from_answer(given.body, settings.sealing_private_key, address)
    headers = {"Cache-Control": "no-store"} | ({"Idempotency-Replayed": "true"} if given.is_replayed else {})
    return JSONResponse(made.model_dump(mode="json"), status_code=given.status, headers=headers)


@router.post("/handoffs/{handoff_id}/links", response_model=LinkMade, status_code=201, responses=problems(409))
async def post_link(
    handoff_id: UUID, request: Request, caller: Annotated[Principal, requires("link:write")], write: Write
) -> Response:
    """Buat tautan sekali jawab bagi meja penerima yang tidak memakai aplikasi; PIN dikirim ke nomor mejanya."""
    tag_span(handoff_id=str(handoff_id))
    command, keys = MintLink(clock.new_id(), handoff_id), keys_of(request)
    given = await write.perform(lambda uow: commands.mint_link(command, uow, keys), LinkOut.of, 201)
    return _with_secrets(given, request)


@router.get("/handoffs/{handoff_id}/links", response_model=LinksOut, responses=problems())
async def get_links(
    handoff_id: UUID, caller: Annotated[Principal, requires("link:write")], reading: Reading
) -> LinksOut:
    """Tautan serah terima, dan apa yang terjadi padanya tanpa terbuka."""
    return LinksOut.of(await queries.links_of(await party_handoff(handoff_id, reading), reading))


@router.post("/links/{link_id}/pin", response_model=LinkMade, responses=problems(409))
async def post_pin(
    link_id: UUID, request: Request, caller: Annotated[Principal, requires("link:write")], write: Write
) -> Response:
    """PIN baru; PIN dan peramban sebelumnya tidak berlaku lagi."""
    keys = keys_of(request)
    given = await write.perform(lambda uow: commands.renew_pin(link_id, uow, keys), LinkOut.of, 200)
    return _with_secrets(given, request)


@router.post("/links/{link_id}/revocation", response_model=LinkOut, responses=problems(409))
async def post_revocation(
    link_id: UUID, caller: Annotated[Principal, requires("link:write")], write: Write
) -> Response:
    """Cabut tautan."""
    return await write(lambda uow: commands.revoke_link(link_id, uow), LinkOut.of, 200)
