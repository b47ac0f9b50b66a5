"""Persons and their keys."""

from uuid import UUID

from sqlalchemy import LargeBinary
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.chassis.database import Aggregate, DistrictRow


class Person(Aggregate, table=True):
    """One person as far as known. What could name them stands in ``sealed`` only."""

    __tablename__ = "persons"

    identity_status: str = Field(max_length=16)
    nik_level: str | None = Field(default=None, max_length=32)
    nik_digest: bytes | None = Field(default=None, sa_type=LargeBinary, index=True)
    sex: str | None = Field(default=None, max_length=16)
    apparent_minor: bool = False
    merged_into: UUID | None = None
    sealed: bytes | None = Field(default=None, sa_type=LargeBinary)


class PersonKey(DistrictRow, table=True):
    """A person's key, wrapped for each service that may read. Deleting it makes the person unreadable."""

    __tablename__ = "person_keyring"

    person_id: UUID = Field(primary_key=True)
    wrapped: dict[str, str] = Field(sa_type=JSONB)
