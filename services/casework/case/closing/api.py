"""HTTP routes of closing."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from services.casework.case.closing import commands, queries
from services.casework.case.closing.domain import Decision
from services.casework.case.closing.schemas import (
    ClosingOut,
    ForcedClosingDecisionIn,
    ForcedClosingIn,
    ForcedClosingOut,
)
from services.chassis.auth import requires
from services.chassis.principal import Principal
from services.chassis.web import Reading, Write, problems

router = APIRouter(tags=["cases"])


@router.get("/cases/{case_id}/closing", response_model=ClosingOut, responses=problems())
async def get_closing(
    case_id: UUID, caller: Annotated[Principal, requires("case:read")], reading: Reading
) -> ClosingOut:
    """Apa saja yang menghalangi penutupan perkara ini, satu per satu."""
    return ClosingOut.of(await queries.what_keeps_open(case_id, reading))


@router.post(
    "/cases/{case_id}/forced-closings", response_model=ForcedClosingOut, status_code=201, responses=problems(409)
)
async def post_forced_closing(
    case_id: UUID,
    body: ForcedClosingIn,
    caller: Annotated[Principal, requires("case:propose-forced-closing")],
    write: Write,
) -> Response:
    """Usulkan penutupan paksa: setiap hal terbuka diberi nasib; belum ada yang berubah sampai orang lain setuju."""
    return await write(
        lambda uow: commands.propose_forced_closing(body.command(case_id), uow), ForcedClosingOut.of, 201
    )


@router.post("/forced-closings/{forced_closing_id}/approval", response_model=ForcedClosingOut, responses=problems(409))
async def post_approval(
    forced_closing_id: UUID,
    body: ForcedClosingDecisionIn,
    caller: Annotated[Principal, requires("case:decide-forced-closing")],
    write: Write,
) -> Response:
    """Setujui penutupan paksa yang diusulkan orang lain."""
    return await write(
        lambda uow: commands.decide_forced_closing(forced_closing_id, Decision.APPROVED, body.expected_version, uow),
        ForcedClosingOut.of,
        200,
    )


@router.post("/forced-closings/{forced_closing_id}/refusal", response_model=ForcedClosingOut, responses=problems(409))
async def post_refusal(
    forced_closing_id: UUID,
    body: ForcedClosingDecisionIn,
    caller: Annotated[Principal, requires("case:decide-forced-closing")],
    write: Write,
) -> Response:
    """Tolak penutupan paksa; perkara tetap terbuka."""
    return await write(
        lambda uow: commands.decide_forced_closing(forced_closing_id, Decision.REFUSED, body.expected_version, uow),
        ForcedClosingOut.of,
        200,
    )
