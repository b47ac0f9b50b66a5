"""Every query on matters."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import select

from services.casework.office.matters.tables import Matter
from services.chassis.database import ReadSession, UnitOfWork


async def one(source: UnitOfWork | ReadSession, matter_id: UUID) -> Matter | None:
    """A matter, to look at; through a reading only within the caller's scope."""
    return await source.first(select(Matter).where(Matter.id == matter_id))


async def number(source: UnitOfWork | ReadSession, matter_id: UUID) -> str:
    """The number under which people know a matter; empty when it is not known here."""
    found = "SELECT number FROM matters WHERE id = :id"
    rows = await source.rows(found, id=matter_id)
    return str(rows[0]["number"]) if rows else ""


async def numbers(reading: ReadSession, matter_ids: Sequence[UUID]) -> dict[UUID, str]:
    """The numbers of the matters of rows that the caller may see."""
    rows = await reading.rows("SELECT id, number FROM matters WHERE id = ANY(:ids)", ids=list(matter_ids))
    return {row["id"]: row["number"] for row in rows}
