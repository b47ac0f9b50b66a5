"""Request and response shapes of notes."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field

from contracts.fields import Instant
from services.casework.case.notes.commands import WriteNote
from services.casework.case.notes.domain import NoteKind
from services.casework.case.notes.queries import ShownNote, Wording
from services.casework.case.notes.tables import Note
from services.chassis.web import RequestBody, WordsText


class NoteIn(RequestBody):
    """What somebody writes down of a case."""

    kind: NoteKind
    happened_at: Instant = Field(description="Kapan yang dicatat itu terjadi, dengan zona waktu")
    text: WordsText = Field(description="Disegel dengan kunci orang ini; tidak pernah keluar dalam peristiwa")

    def command(self, case_id: UUID) -> WriteNote:
        """As the command takes it."""
        return WriteNote(case_id, self.kind, self.happened_at, self.text)


class NoteFormIn(RequestBody):
    """The same from a page; the time is the district's wall clock, now when it is left out."""

    kind: NoteKind
    happened_local: datetime | None = None
    text: WordsText

    def command(self, case_id: UUID, zone: str, now: datetime) -> WriteNote:
        """As the command takes it."""
        at = self.happened_local.replace(tzinfo=ZoneInfo(zone)) if self.happened_local else now
        return WriteNote(case_id, self.kind, at, self.text)


class NoteCorrectionIn(RequestBody):
    """The note as it should read."""

    text: WordsText


class NoteCorrectionFormIn(NoteCorrectionIn):
    """The same from a page that shows several."""

    note_id: UUID


class NoteReceipt(BaseModel):
    """What was written, without its words."""

    note_id: UUID
    kind: str
    happened_at: datetime
    corrects: UUID | None

    @classmethod
    def of(cls, note: Note) -> "NoteReceipt":
        """From the row."""
        return cls(note_id=note.id, kind=note.kind, happened_at=note.happened_at, corrects=note.corrects)


class WordingOut(BaseModel):
    """One wording; ``text`` is empty once the person's data were erased."""

    note_id: UUID
    author: str
    recorded_at: datetime | None
    text: str | None

    @classmethod
    def of(cls, wording: Wording) -> "WordingOut":
        """From the read model."""
        note = wording.note
        return cls(note_id=note.id, author=note.author, recorded_at=note.recorded_at, text=wording.text)


class NoteOut(BaseModel):
    """A note as it reads now; ``before``: how it read earlier, the latest first."""

    kind: str
    happened_at: datetime
    now: WordingOut
    before: list[WordingOut]

    @classmethod
    def of(cls, shown: ShownNote) -> "NoteOut":
        """From the read model."""
        note = shown.newest.note
        return cls(
            kind=note.kind,
            happened_at=note.happened_at,
            now=WordingOut.of(shown.newest),
            before=[WordingOut.of(wording) for wording in shown.before],
        )


class NotesOut(BaseModel):
    """The notes of a case that the caller may read, the latest first."""

    case_id: UUID
    items: list[NoteOut]
