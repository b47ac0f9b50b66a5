"""Matters as the wings above read them."""

from collections.abc import Sequence
from uuid import UUID

from services.casework.office.matters import repository
from services.casework.office.matters.tables import Matter
from services.chassis.database import ReadSession, UnitOfWork


async def matter_of(source: UnitOfWork | ReadSession, matter_id: UUID) -> Matter | None:
    """What is known of a matter; nothing when it is not."""
    return await repository.one(source, matter_id)


async def number_of(source: UnitOfWork | ReadSession, matter_id: UUID) -> str:
    """The number under which people know a matter; empty when it is not known here."""
    return await repository.number(source, matter_id)


async def numbers_of(reading: ReadSession, matter_ids: Sequence[UUID]) -> dict[UUID, str]:
    """The numbers of the matters of rows that the caller may see."""
    return await repository.numbers(reading, matter_ids)
