"""Every query on letters."""

from uuid import UUID

from sqlmodel import col, select

from services.casework.papers.letters.domain import LetterState, holds
from services.casework.papers.letters.tables import Letter
from services.chassis.database import ReadSession, UnitOfWork


async def next_serial(uow: UnitOfWork, district: str, kind: str, year: int) -> int:
    """The next number of a kind of letter in a year; it is given back when the transaction is."""
    found = await uow.execute(
        "INSERT INTO letter_serials (district, kind, year, last) VALUES (:district, :kind, :year, 1)"
        " ON CONFLICT (district, kind, year) DO UPDATE SET last = letter_serials.last + 1 RETURNING last",
        district=district,
        kind=kind,
        year=year,
    )
    serial: int = found.scalar_one()
    return serial


async def one(reading: ReadSession, letter_id: UUID) -> Letter | None:
    """One letter."""
    return await reading.first(select(Letter).where(Letter.id == letter_id))


async def of_handoff(reading: ReadSession, handoff_id: UUID) -> list[Letter]:
    """A hand-off's letters, oldest first."""
    return await reading.all(select(Letter).where(Letter.handoff_id == handoff_id).order_by(col(Letter.id)))


async def standing(uow: UnitOfWork, handoff_id: UUID) -> Letter | None:
    """The newest letter of a hand-off that holds. Ask with the series locked: whoever comes next sees this one's."""
    valid = [state.value for state in LetterState if holds(state)]
    query = select(Letter).where(Letter.handoff_id == handoff_id, col(Letter.state).in_(valid))
    return await uow.first(query.order_by(col(Letter.id).desc()))


async def by_token(reading: ReadSession, token_digest: str) -> Letter | None:
    """The letter whose QR code this is."""
    return await reading.first(select(Letter).where(Letter.token_digest == token_digest))
