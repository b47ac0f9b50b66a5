"""The keyed hashes by which a service knows one NIK again, and finds a name, kept beside its own copy of the persons.

Here, not in a service, because whoever compares persons must forget a number with its key, and does so in the same way
(see ADR 0019, ADR 0021 and ADR 0027).
"""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import BigInteger, LargeBinary
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from services.chassis.database import DistrictRow, UnitOfWork
from services.chassis.names import kept_keys
from services.chassis.persons import unseal_person
from services.chassis.sealing import CannotUnseal


@dataclass(frozen=True, slots=True)
class Reader:
    """What opens a person's sealed fields, and the secret under which a NIK is hashed: both base64, both ours alone."""

    private_key: str
    secret: str

    @property
    def key(self) -> bytes:
        """The secret as bytes."""
        return base64.b64decode(self.secret)

    def digest(self, nik: str) -> bytes:
        """The keyed hash of a NIK: the same for the same number, of no use without the secret."""
        return hmac.digest(self.key, nik.encode(), hashlib.sha256)


class PersonDigest(DistrictRow, table=True):
    """The keyed hash of a person's NIK; it goes with the person's key."""

    __tablename__ = "person_digests"

    person_id: UUID = Field(primary_key=True)
    digest: bytes | None = Field(default=None, sa_type=LargeBinary)


class PersonNames(DistrictRow, table=True):
    """The keyed hashes by which a person is found by name; empty once the person's key was destroyed."""

    __tablename__ = "person_names"

    person_id: UUID = Field(primary_key=True)
    keys: list[int] = Field(sa_type=ARRAY(BigInteger))


async def learn_number(person_id: UUID, district: str, reader: Reader, uow: UnitOfWork) -> None:
    """Hash a person's NIK as it is told now; without a number, or without the key that opens it, no hash is kept."""
    keep_number(person_id, district, (await opened(person_id, ["nik"], reader, uow)).get("nik"), reader, uow)


async def opened(person_id: UUID, fields: Sequence[str], reader: Reader, uow: UnitOfWork) -> dict[str, str | None]:
    """Chosen fields of a person in clear; none while their key has not come, does not fit, or is gone."""
    try:
        return await unseal_person(uow, person_id, fields, reader.private_key)
    except CannotUnseal:
        return {}


def keep_number(person_id: UUID, district: str, nik: str | None, reader: Reader, uow: UnitOfWork) -> None:
    """Keep the hash of a number, or that there is none."""
    uow.put(PersonDigest(person_id=person_id, district=district, digest=reader.digest(nik) if nik else None))


def keep_names(person_id: UUID, district: str, names: list[str], secret: bytes, uow: UnitOfWork) -> None:
    """Keep what a person is found by; nothing of somebody without a name, or whose key is gone."""
    uow.put(PersonNames(person_id=person_id, district=district, keys=kept_keys(names, secret)))
