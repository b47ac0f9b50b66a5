"""Keeping what says who is who. Nothing of it is rewritten into aid: whoever asks is told as of now."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.chassis.database import UnitOfWork
from services.disbursement.persons import repository
from services.disbursement.persons.tables import CaseDouble, CasePerson, Death


async def change_who_is_who(district: str, uow: UnitOfWork) -> None:
    """Come alone, until the commit: whoever learns who somebody is, or that they died, sees every grant of them.

    Facts of different cases and persons are heard at the same time; a grant that was not committed yet would be missed
    by the fact, and the fact by the grant.
    """
    await repository.lock_who_is_who(uow, district, shared=False)


async def rely_on_who_is_who(district: str, uow: UnitOfWork) -> None:
    """Keep what is known of who is who as it is until the commit; others may rely on it too."""
    await repository.lock_who_is_who(uow, district, shared=True)


async def keep_person_of_case(case_id: UUID, person_id: UUID, district: str, uow: UnitOfWork) -> None:
    """Whose case it is."""
    uow.put(CasePerson(case_id=case_id, person_id=person_id, district=district))


@dataclass(frozen=True, slots=True)
class KeepDouble:
    """A case is a double of another since, or (``stands`` false) none after all."""

    case_id: UUID
    parent_case_id: UUID
    stands: bool
    since: datetime
    district: str


async def keep_double(command: KeepDouble, uow: UnitOfWork) -> None:
    """Keep whether a case is a double."""
    uow.put(
        CaseDouble(
            case_id=command.case_id,
            parent_case_id=command.parent_case_id,
            stands=command.stands,
            since=command.since,
            district=command.district,
        )
    )


async def keep_death(case_id: UUID, died_at: datetime, stands: bool, district: str, uow: UnitOfWork) -> None:
    """Keep that the person of a case died, or (``stands`` false) did not."""
    uow.put(Death(case_id=case_id, died_at=died_at, stands=stands, district=district))
