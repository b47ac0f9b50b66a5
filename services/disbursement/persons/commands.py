"""Keeping what says who is who. Nothing of it is rewritten into aid: whoever asks is told as of now."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.chassis.database import UnitOfWork
from services.chassis.persons import unseal_person
from services.chassis.sealing import CannotUnseal
from services.disbursement.persons.domain import Reader
from services.disbursement.persons.tables import CaseDouble, CasePerson, Death, PersonDigest


async def learn_number(person_id: UUID, district: str, reader: Reader, uow: UnitOfWork) -> None:
    """Hash a person's NIK as it is told now; without a number, or without the key that opens it, no hash is kept."""
    try:
        nik = (await unseal_person(uow, person_id, ["nik"], reader.private_key)).get("nik")
    except CannotUnseal:
        nik = None
    uow.put(PersonDigest(person_id=person_id, district=district, digest=reader.digest(nik) if nik else None))


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
