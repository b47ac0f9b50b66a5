"""The keyed hash by which a service knows one NIK again, kept beside its own copy of the persons.

Here, not in a service, because whoever compares persons must forget a number with its key, and does so in the same way
(see ADR 0019 and ADR 0021).
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import LargeBinary
from sqlmodel import Field

from services.chassis.database import DistrictRow, UnitOfWork
from services.chassis.persons import unseal_person
from services.chassis.sealing import CannotUnseal


@dataclass(frozen=True, slots=True)
class Reader:
    """What opens a person's sealed fields, and the secret under which a NIK is hashed: both base64, both ours alone."""

    private_key: str
    secret: str

    def digest(self, nik: str) -> bytes:
        """The keyed hash of a NIK: the same for the same number, of no use without the secret."""
        return hmac.digest(base64.b64decode(self.secret), nik.encode(), hashlib.sha256)


class PersonDigest(DistrictRow, table=True):
    """The keyed hash of a person's NIK; it goes with the person's key."""

    __tablename__ = "person_digests"

    person_id: UUID = Field(primary_key=True)
    digest: bytes | None = Field(default=None, sa_type=LargeBinary)


async def learn_number(person_id: UUID, district: str, reader: Reader, uow: UnitOfWork) -> None:
    """Hash a person's NIK as it is told now; without a number, or without the key that opens it, no hash is kept."""
    try:
        nik = (await unseal_person(uow, person_id, ["nik"], reader.private_key)).get("nik")
    except CannotUnseal:
        nik = None
    uow.put(PersonDigest(person_id=person_id, district=district, digest=reader.digest(nik) if nik else None))
