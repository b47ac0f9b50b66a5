"""Every query on custody."""

from uuid import UUID

from sqlmodel import col, select

from services.casework.custody.tables import Custody
from services.chassis.database import ReadSession, UnitOfWork


async def open_custody(uow: UnitOfWork, person_id: UUID) -> Custody | None:
    """The open row of a person, locked."""
    return await uow.first(
        select(Custody).where(Custody.person_id == person_id, col(Custody.until).is_(None)).with_for_update()
    )


async def chain(reading: ReadSession, case_id: UUID) -> list[Custody]:
    """All custody of a case in order of time."""
    return await reading.all(select(Custody).where(Custody.case_id == case_id).order_by(col(Custody.since)))


async def open_of_case(uow: UnitOfWork, case_id: UUID) -> list[Custody]:
    """The open rows of a case."""
    return await uow.all(select(Custody).where(Custody.case_id == case_id, col(Custody.until).is_(None)))
