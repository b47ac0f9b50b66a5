"""Catatan: what workers wrote down of a case, and the form for more."""

from pathlib import Path
from typing import Annotated
from uuid import UUID

from fastapi import Request
from fastapi.responses import Response

from services.casework.case.cases.queries import case_of
from services.casework.case.notes import access, commands, queries
from services.casework.case.notes.schemas import NoteCorrectionFormIn, NoteFormIn
from services.casework.office.directory.pages import directory_of
from services.chassis import clock
from services.chassis.pages import Form, page_requires, page_router
from services.chassis.principal import Principal
from services.chassis.telemetry import tag_span
from services.chassis.web import Reading

TEMPLATES = Path(__file__).parent / "templates"
KINDS = {
    "VISIT": "Kunjungan",
    "CALL": "Telepon",
    "REMARK": "Catatan lain",
    "SUPERVISION": "Catatan pimpinan (rahasia)",
}
WORDS = {
    "note_kind": KINDS,
    "field": {"text": "Catatan", "note_id": "Catatan yang diperbaiki"},
    "done": {
        "note-written": "Tercatat. Hanya petugas perkara yang membacanya.",
        "note-corrected": "Tercatat: catatan diperbaiki. Bunyi yang lama tetap tersimpan.",
    },
}

router = page_router()


@router.get("/perkara/{case_id}/catatan")
async def notes_page(
    case_id: UUID, request: Request, caller: Annotated[Principal, page_requires("note:read")], reading: Reading
) -> Response:
    """The notes of a case, the latest first, with the form for another."""
    state = request.app.state
    case = await case_of(case_id, reading)
    tag_span(case_id=str(case.correlation_id))
    directory = await directory_of(reading, [case.district])
    rendered: Response = state.pages.render(
        request,
        "notes.html",
        case=case,
        notes=await queries.notes_of(reading, case, state.units, state.settings.sealing_private_key),
        kinds={kind.value: KINDS[kind] for kind in access.kinds_of(caller)},
        **directory.context(case.district),
    )
    return rendered


@router.post("/perkara/{case_id}/catatan/tulis")
async def post_page_note(
    case_id: UUID,
    request: Request,
    caller: Annotated[Principal, page_requires("note:write")],
    reading: Reading,
    form: Form,
) -> Response:
    """Write a note."""
    zone = (await directory_of(reading, caller.offices)).zone()
    command = form.read(NoteFormIn).command(case_id, zone, clock.utc_now())
    key = request.app.state.settings.sealing_private_key
    return await form.write(lambda uow: commands.write_note(command, uow, key), "note-written")


@router.post("/perkara/{case_id}/catatan/perbaiki")
async def post_page_correction(
    case_id: UUID, request: Request, caller: Annotated[Principal, page_requires("note:write")], form: Form
) -> Response:
    """Write it anew."""
    body = form.read(NoteCorrectionFormIn)
    key = request.app.state.settings.sealing_private_key
    return await form.write(lambda uow: commands.correct_note(body.note_id, body.text, uow, key), "note-corrected")
