"""HTTP routes of notes."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.casework.case.cases.queries import case_of
from services.casework.case.notes import commands, queries
from services.casework.case.notes.schemas import NoteCorrectionIn, NoteIn, NoteOut, NoteReceipt, NotesOut
from services.chassis.auth import requires
from services.chassis.principal import Principal
from services.chassis.web import Reading, Write, problems

router = APIRouter(tags=["notes"])


@router.get("/cases/{case_id}/notes", response_model=NotesOut, responses=problems())
async def get_notes(
    case_id: UUID, request: Request, caller: Annotated[Principal, requires("note:read")], reading: Reading
) -> NotesOut:
    """Catatan pada satu perkara yang boleh dibaca pemanggil; setiap pembacaan dicatat."""
    state = request.app.state
    case = await case_of(case_id, reading)
    shown = await queries.notes_of(reading, case, state.units, state.settings.sealing_private_key)
    return NotesOut(case_id=case_id, items=[NoteOut.of(one) for one in shown])


@router.post("/cases/{case_id}/notes", response_model=NoteReceipt, status_code=201, responses=problems(409))
async def post_note(
    case_id: UUID, body: NoteIn, request: Request, caller: Annotated[Principal, requires("note:write")], write: Write
) -> Response:
    """Tulis catatan kunjungan, telepon atau lainnya; disegel, dan tidak pernah keluar dalam peristiwa."""
    key = request.app.state.settings.sealing_private_key
    command = body.command(case_id)
    return await write(lambda uow: commands.write_note(command, uow, key), NoteReceipt.of, 201)


@router.post("/notes/{note_id}/correction", response_model=NoteReceipt, status_code=201, responses=problems(409))
async def post_correction(
    note_id: UUID,
    body: NoteCorrectionIn,
    request: Request,
    caller: Annotated[Principal, requires("note:write")],
    write: Write,
) -> Response:
    """Perbaiki catatan; bunyi yang lama tetap tersimpan di sampingnya."""
    key = request.app.state.settings.sealing_private_key
    return await write(lambda uow: commands.correct_note(note_id, body.text, uow, key), NoteReceipt.of, 201)
