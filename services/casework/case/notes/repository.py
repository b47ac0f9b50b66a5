"""Every query on notes."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import col, select

from services.casework.case.notes.tables import Note
from services.chassis.database import ReadSession, UnitOfWork


async def of_case(reading: ReadSession, case_id: UUID, kinds: Sequence[str]) -> list[Note]:
    """All wordings of a case's notes of some kinds, in the order in which they were written."""
    query = select(Note).where(Note.case_id == case_id, col(Note.kind).in_(kinds))
    return await reading.all(query.order_by(col(Note.recorded_at), col(Note.id)))


async def is_corrected(uow: UnitOfWork, note_id: UUID) -> bool:
    """Whether a later wording stands for a note."""
    return await uow.first(select(Note).where(Note.corrects == note_id)) is not None
