"""Matters as the wings above read them."""

from collections.abc import Sequence
from uuid import UUID

from services.casework.office.matters import repository
from services.casework.office.matters.tables import Matter
from services.chassis.database import ReadSession, UnitOfWork, Units
from services.chassis.persons import log_special_read, person_key_known, unseal_person


async def matter_of(source: UnitOfWork | ReadSession, matter_id: UUID) -> Matter | None:
    """What is known of a matter; nothing when it is not."""
    return await repository.one(source, matter_id)


SAID = ("said_sex", "approximate_age_years", "features", "circumstances")
"""What a reporter saw of somebody, as intake names the sealed fields."""


async def reporters_words(
    reading: ReadSession, matter_id: UUID, units: Units, private_key: str
) -> dict[str, str | None]:
    """What the reporter said of a matter's person, for whoever works on it; the reading is kept before it is opened."""
    matter = await repository.one(reading, matter_id)
    if matter is None or matter.person_id is None:
        return {}
    if await person_key_known(reading, matter.person_id) is None:
        return {}
    await log_special_read(units, reading.principal, "CASEWORK", "matters", matter_id, SAID, matter.district)
    found = await unseal_person(reading, matter.person_id, SAID, private_key)
    return {name: value for name, value in found.items() if value}


async def number_of(source: UnitOfWork | ReadSession, matter_id: UUID) -> str:
    """The number under which people know a matter; empty when it is not known here."""
    return await repository.number(source, matter_id)


async def numbers_of(reading: ReadSession, matter_ids: Sequence[UUID]) -> dict[UUID, str]:
    """The numbers of the matters of rows that the caller may see."""
    return await repository.numbers(reading, matter_ids)
