"""Notes as whoever may read them reads them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.casework.case.cases.tables import Case
from services.casework.case.notes import access, repository
from services.casework.case.notes.tables import Note
from services.chassis.database import ReadSession, Units
from services.chassis.persons import log_special_read, opener_for_person

PURPOSE = "CASEWORK"


@dataclass(frozen=True, slots=True)
class Wording:
    """One wording of a note; ``text`` is empty once the person's key was destroyed."""

    note: Note
    text: str | None


@dataclass(frozen=True, slots=True)
class ShownNote:
    """A note as it reads now, and how it read before, the latest first."""

    newest: Wording
    before: Sequence[Wording]


async def notes_of(reading: ReadSession, case: Case, units: Units, private_key: str) -> list[ShownNote]:
    """The notes of a case of the kinds that the caller reads, by when it was that they tell of, the latest first.

    The reading is kept before anything is opened.
    """
    kinds = access.kinds_of(reading.principal)
    rows = await repository.of_case(reading, case.id, [kind.value for kind in kinds])
    if not rows:
        return []
    await log_special_read(units, reading.principal, PURPOSE, "notes", case.id, ["note"], case.district)
    opened = await opener_for_person(reading, case.person_id, private_key)
    found: dict[UUID, list[Wording]] = {}
    for row in rows:
        text = opened(row.sealed).get("note")
        earlier = found.pop(row.corrects, []) if row.corrects else []
        found[row.id] = [Wording(row, text), *earlier]
    shown = [ShownNote(newest, before) for newest, *before in found.values()]
    return sorted(shown, key=lambda one: one.newest.note.happened_at, reverse=True)
