"""Read models of who is who, for other subjects."""

from collections.abc import Sequence
from uuid import UUID

from services.chassis.database import UnitOfWork
from services.disbursement.persons import repository
from services.disbursement.persons.domain import RealPerson
from services.disbursement.persons.tables import CaseDouble


async def real_persons(person_ids: Sequence[UUID], uow: UnitOfWork) -> dict[UUID, RealPerson]:
    """By person: everybody who is the same one, and whether any of them is known to have died."""
    return await repository.real_persons(uow, person_ids)


async def same_as(person_id: UUID, uow: UnitOfWork) -> frozenset[UUID]:
    """Everybody who is this person, as of now."""
    return (await repository.real_persons(uow, [person_id]))[person_id].members


async def person_of_case(case_id: UUID, uow: UnitOfWork) -> UUID | None:
    """Whose case it is, if the case was heard of."""
    return await repository.person_of_case(uow, case_id)


async def standing_double(case_id: UUID, uow: UnitOfWork) -> CaseDouble | None:
    """The case as a double of another, while it counts as one."""
    found = await repository.double(uow, case_id)
    return found if found and found.stands else None
