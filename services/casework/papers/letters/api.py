"""HTTP routes of letters."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.casework.handoff.handoffs.queries import party_handoff
from services.casework.papers.letters import commands, queries
from services.casework.papers.letters.adapter import new_token, press_of
from services.casework.papers.letters.commands import ReissueLetter
from services.casework.papers.letters.schemas import (
    LetterIn,
    LetterOut,
    LetterReissueIn,
    LettersOut,
    LetterVoidIn,
    SignedCopyIn,
)
from services.casework.papers.letters.tables import Letter
from services.chassis import clock
from services.chassis.auth import requires
from services.chassis.principal import Principal
from services.chassis.telemetry import tag_span
from services.chassis.web import Reading, Write, problems

router = APIRouter(tags=["letters"])


def receipt(letter: Letter) -> LetterOut:
    """How a letter stands, with its ids on the span."""
    tag_span(case_id=str(letter.correlation_id), handoff_id=str(letter.handoff_id))
    return LetterOut.of(letter)


@router.post("/handoffs/{handoff_id}/letters", response_model=LetterOut, status_code=201, responses=problems(409))
async def post_letter(
    handoff_id: UUID,
    body: LetterIn,
    request: Request,
    caller: Annotated[Principal, requires("letter:write")],
    reading: Reading,
    write: Write,
) -> Response:
    """Buat surat yang menyertai serah terima: bernomor agenda, PDF, dengan kode QR; isinya menurut keperluan."""
    await queries.note_printing(handoff_id, reading, request.app.state.units)
    press = press_of(request.app.state)
    command = body.command(handoff_id)
    return await write(lambda uow: commands.issue_letter(command, uow, press), receipt, 201)


@router.get("/handoffs/{handoff_id}/letters", response_model=LettersOut, responses=problems())
async def get_letters(
    handoff_id: UUID, caller: Annotated[Principal, requires("letter:read")], reading: Reading
) -> LettersOut:
    """Surat pada serah terima; PDF-nya diambil sebagai berkas, dan pembacaannya dicatat."""
    return LettersOut.of(await queries.letters_of(await party_handoff(handoff_id, reading), reading))


@router.get("/letters/{letter_id}", response_model=LetterOut, responses=problems())
async def get_letter(
    letter_id: UUID, caller: Annotated[Principal, requires("letter:read")], reading: Reading
) -> LetterOut:
    """Satu surat, tanpa isinya; hanya untuk pengirim dan penerima."""
    return receipt(await queries.letter_of(letter_id, reading))


@router.post("/letters/{letter_id}/void", response_model=LetterOut, responses=problems(409))
async def post_void(
    letter_id: UUID, body: LetterVoidIn, caller: Annotated[Principal, requires("letter:write")], write: Write
) -> Response:
    """Batalkan surat; nomornya tetap terpakai, kode QR-nya mengatakan tidak berlaku."""
    return await write(
        lambda uow: commands.void_letter(letter_id, body.reason_code, body.expected_version, uow), receipt, 200
    )


@router.post("/letters/{letter_id}/reissue", response_model=LetterOut, status_code=201, responses=problems(409))
async def post_reissue(
    letter_id: UUID,
    body: LetterReissueIn,
    request: Request,
    caller: Annotated[Principal, requires("letter:write")],
    reading: Reading,
    write: Write,
) -> Response:
    """Ganti surat: surat baru bernomor baru menyebut yang digantikannya, yang lama tidak berlaku lagi."""
    old = await queries.letter_of(letter_id, reading)
    await queries.note_printing(old.handoff_id, reading, request.app.state.units)
    press = press_of(request.app.state)
    command = ReissueLetter(
        letter_id,
        body.reason_code,
        clock.new_id(),
        clock.new_id(),
        new_token(),
        body.signer,
        body.expected_version,
        link_id=clock.new_id(),
    )
    return await write(lambda uow: commands.reissue_letter(command, uow, press), receipt, 201)


@router.post("/letters/{letter_id}/signed-copy", response_model=LetterOut, responses=problems(409))
async def post_signed_copy(
    letter_id: UUID, body: SignedCopyIn, caller: Annotated[Principal, requires("letter:write")], write: Write
) -> Response:
    """Lampirkan hasil pindai salinan yang ditandatangani; salinan itulah yang berlaku."""
    return await write(lambda uow: commands.sign_letter(letter_id, body.document_id, uow), receipt, 200)
