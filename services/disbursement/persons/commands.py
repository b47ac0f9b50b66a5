"""Keeping what says who is who. Nothing of it is rewritten into aid: whoever asks is told as of now."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.chassis.database import UnitOfWork
from services.disbursement.persons.tables import CaseDouble, CasePerson, Death


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
