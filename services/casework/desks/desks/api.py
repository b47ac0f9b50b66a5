"""Desks by API: claims of the shared inbox, the duty roster, handing over a shift."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import Response

from contracts.fields import Instant
from services.casework.desks.desks import commands, queries
from services.casework.desks.desks.schemas import DryRun, HandoverIn, HandoverReceipt, Roster, ShiftIn, ShiftOut
from services.casework.handoff.disclosures.domain import Purpose
from services.casework.handoff.handoffs.api import receipt
from services.casework.handoff.handoffs.schemas import HandoffReceipt
from services.chassis.auth import requires
from services.chassis.clock import utc_now
from services.chassis.principal import Principal
from services.chassis.web import Reading, Write, problems

ROSTER_AHEAD = timedelta(days=366)
"""How far ahead a roster is looked at."""

router = APIRouter(tags=["desks"])


@router.post("/handoffs/{handoff_id}/claim", response_model=HandoffReceipt, responses=problems(409))
async def post_claim(
    handoff_id: UUID, caller: Annotated[Principal, requires("handoff:claim")], write: Write
) -> Response:
    """Ambil butir kotak masuk meja untuk jaga ini; bukan tanda terima dan bukan jawaban."""
    return await write(lambda uow: commands.claim_handoff(handoff_id, uow), receipt, 200)


@router.post("/handoffs/{handoff_id}/release", response_model=HandoffReceipt, responses=problems(409))
async def post_release(
    handoff_id: UUID, caller: Annotated[Principal, requires("handoff:claim")], write: Write
) -> Response:
    """Kembalikan butir yang Anda ambil kepada meja."""
    return await write(lambda uow: commands.release_handoff(handoff_id, uow), receipt, 200)


@router.post("/shift-handovers", response_model=HandoverReceipt, responses=problems(409))
async def post_shift_handover(
    body: HandoverIn, caller: Annotated[Principal, requires("handoff:claim")], write: Write
) -> Response:
    """Serahkan semua butir yang Anda tangani kepada petugas jaga berikutnya, atau kembali kepada meja."""
    return await write(lambda uow: commands.hand_over_shift(body.to_officer, uow), HandoverReceipt.of, 200)


@router.post("/shifts", response_model=ShiftOut, status_code=201, responses=problems(409))
async def post_shift(body: ShiftIn, caller: Annotated[Principal, requires("roster:write")], write: Write) -> Response:
    """Tambahkan giliran jaga pada meja instansi Anda."""
    command = body.command()
    return await write(lambda uow: commands.plan_shift(command, uow), ShiftOut.of, 201)


@router.post("/shifts/{shift_id}/withdrawal", response_model=ShiftOut, responses=problems(409))
async def post_withdrawal(
    shift_id: UUID, caller: Annotated[Principal, requires("roster:write")], write: Write
) -> Response:
    """Cabut satu giliran jaga."""
    return await write(lambda uow: commands.withdraw_shift(shift_id, uow), ShiftOut.of, 200)


@router.get("/shifts", response_model=Roster, responses=problems())
async def get_shifts(
    caller: Annotated[Principal, requires("roster:read")],
    reading: Reading,
    desk: Annotated[str, Query(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$", description="Kode meja instansi Anda")],
    since: Annotated[Instant | None, Query(description="Awal rentang; bawaan: sekarang")] = None,
    days: Annotated[int, Query(ge=1, le=31)] = 7,
) -> Roster:
    """Giliran jaga satu meja instansi Anda, dan siapa yang bertugas sekarang."""
    begins = min(since or utc_now(), utc_now() + ROSTER_AHEAD)
    shifts, on_duty = await queries.show_roster(reading, caller.agency, desk, begins, begins + timedelta(days=days))
    return Roster(items=[ShiftOut.of(shift) for shift in shifts], on_duty=on_duty)


@router.get("/escalation-policies/dry-run", response_model=DryRun, responses=problems(409))
async def get_dry_run(
    caller: Annotated[Principal, requires("roster:read")],
    reading: Reading,
    district: Annotated[str, Query(pattern=r"^[0-9]{2}\.[0-9]{2}$")],
    purpose: Purpose,
    agency: Annotated[str, Query(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")],
    urgency: Annotated[str, Query(pattern=r"^([A-Z][A-Z0-9_]{0,15})?$")] = "",
) -> DryRun:
    """Apa yang terjadi bila instansi ini diminta sekarang lalu diam: setiap tenggat, jenjang, dan siapa diberi tahu."""
    return DryRun.of(await queries.dry_run(reading, district, agency, purpose.value, urgency))
