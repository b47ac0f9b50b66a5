"""Every query on persons."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import col, select

from services.chassis.database import ReadSession, UnitOfWork
from services.intake.persons.tables import Person, PersonKey


async def known(uow: UnitOfWork, person_id: UUID) -> Person | None:
    """The person, locked, if intake knows them."""
    return await uow.first(select(Person).where(Person.id == person_id).with_for_update())


async def key_of(uow: UnitOfWork, person_id: UUID) -> PersonKey | None:
    """The person's wrapped key, if it was not destroyed."""
    return await uow.first(select(PersonKey).where(PersonKey.person_id == person_id))


async def persons_and_keys(reading: ReadSession, ids: Sequence[UUID]) -> list[tuple[Person, PersonKey | None]]:
    """Persons with their keys, in no order."""
    persons = await reading.all(select(Person).where(col(Person.id).in_(ids)))
    keys = {key.person_id: key for key in await reading.all(select(PersonKey).where(col(PersonKey.person_id).in_(ids)))}
    return [(person, keys.get(person.id)) for person in persons]
