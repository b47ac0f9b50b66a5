"""The only code that writes notes."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.casework.case.notes import access, domain, repository
from services.casework.case.notes.domain import NoteKind
from services.casework.case.notes.tables import Note
from services.casework.office.matters.queries import matter_of
from services.chassis import clock
from services.chassis.database import UnitOfWork
from services.chassis.errors import NotFound
from services.chassis.persons import must_seal_for_person


@dataclass(frozen=True, slots=True)
class WriteNote:
    """What somebody writes down of a case; ``happened_at``: when it was that they tell of."""

    case_id: UUID
    kind: NoteKind
    happened_at: datetime
    text: str


async def write_note(command: WriteNote, uow: UnitOfWork, private_key: str) -> Note:
    """Write a note; it is told to nobody: no event carries it.

    Raises ``NotFound``, ``KindIsNotYours``, ``NotYetHappened``, ``PersonHasNoKey``.
    """
    matter = await matter_of(uow, command.case_id)
    if matter is None or matter.person_id is None or not uow.principal.covers(matter.district):
        raise NotFound(kind="cases")
    access.check_kind(uow.principal, command.kind)
    domain.check_happened_at(command.happened_at, await uow.now())
    note = Note(
        id=clock.new_id(),
        correlation_id=matter.correlation_id,
        district=matter.district,
        case_id=matter.id,
        person_id=matter.person_id,
        kind=command.kind.value,
        happened_at=command.happened_at,
        author=uow.principal.actor,
        sealed=await must_seal_for_person(uow, matter.person_id, {"note": command.text}, private_key),
    )
    uow.create(note, "write", happened_at=command.happened_at)
    return note


async def correct_note(note_id: UUID, text: str, uow: UnitOfWork, private_key: str) -> Note:
    """Write a note anew; the old wording is kept beside it.

    Raises ``NotFound``, also for a kind that the caller does not read, ``NoteWasCorrected``, ``PersonHasNoKey``.
    """
    old = await uow.locked(Note, note_id)
    if NoteKind(old.kind) not in access.kinds_of(uow.principal):
        raise NotFound(kind="notes")
    if await repository.is_corrected(uow, note_id):
        raise domain.NoteWasCorrected(())
    note = Note(
        id=clock.new_id(),
        correlation_id=old.correlation_id,
        district=old.district,
        case_id=old.case_id,
        person_id=old.person_id,
        kind=old.kind,
        happened_at=old.happened_at,
        author=uow.principal.actor,
        corrects=old.id,
        sealed=await must_seal_for_person(uow, old.person_id, {"note": text}, private_key),
    )
    uow.create(note, "correct")
    return note
