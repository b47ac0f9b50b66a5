"""The buttons of a desk: take an item, give it back, hand the shift over."""

from typing import Annotated
from uuid import UUID

from fastapi.responses import Response

from services.casework.desks import commands
from services.casework.desks.schemas import HandoverIn
from services.chassis.pages import Form, page_requires, page_router
from services.chassis.principal import Principal

WORDS = {
    "claim": "Ambil untuk jaga ini",
    "release": "Kembalikan kepada meja",
    "to_officer": "Petugas jaga berikutnya",
    "handoff-claim": "Butir ini Anda tangani sampai pergantian jaga.",
    "handoff-release": "Butir ini kembali kepada meja.",
    "shift-handover": "Semua butir yang Anda tangani sudah diserahkan.",
}

router = page_router()


@router.post("/serah-terima/{handoff_id}/ambil")
async def post_claim(
    handoff_id: UUID, caller: Annotated[Principal, page_requires("handoff:claim")], form: Form
) -> Response:
    """Take it for this shift."""
    return await form.write(lambda uow: commands.claim_handoff(handoff_id, uow), "handoff-claim")


@router.post("/serah-terima/{handoff_id}/kembalikan")
async def post_release(
    handoff_id: UUID, caller: Annotated[Principal, page_requires("handoff:claim")], form: Form
) -> Response:
    """Give it back."""
    return await form.write(lambda uow: commands.release_handoff(handoff_id, uow), "handoff-release")


@router.post("/ganti-jaga")
async def post_shift_handover(caller: Annotated[Principal, page_requires("handoff:claim")], form: Form) -> Response:
    """Everything that one has claimed goes to the next turn."""
    to_officer = form.read(HandoverIn).to_officer
    return await form.write(lambda uow: commands.hand_over_shift(to_officer, uow), "shift-handover")
