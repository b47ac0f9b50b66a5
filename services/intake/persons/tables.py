"""Persons and their keys."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import LargeBinary
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.chassis.database import UTC_INSTANT, Aggregate, DistrictRow


class Person(Aggregate, table=True):
    """One person as far as known. What could name them stands in ``sealed`` only.

    ``apparent_minor`` is what their signs say, or a registry; ``is_decided_adult`` what two people decided instead.
    """

    __tablename__ = "persons"

    identity_status: str = Field(max_length=16)
    nik_level: str | None = Field(default=None, max_length=32)
    nik_digest: bytes | None = Field(default=None, sa_type=LargeBinary, index=True)
    sex: str | None = Field(default=None, max_length=16)
    apparent_minor: bool = False
    merged_into: UUID | None = None
    sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    is_decided_adult: bool = False
    age_decided_at: datetime | None = Field(default=None, sa_type=UTC_INSTANT)

    @property
    def is_minor(self) -> bool:
        """Whether they are a child, until proven otherwise."""
        return self.apparent_minor and not self.is_decided_adult


class PersonKey(DistrictRow, table=True):
    """A person's key, wrapped for each service that may read. Deleting it makes the person unreadable."""

    __tablename__ = "person_keyring"

    person_id: UUID = Field(primary_key=True)
    wrapped: dict[str, str] = Field(sa_type=JSONB)
