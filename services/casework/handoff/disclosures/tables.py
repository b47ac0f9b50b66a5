"""Packages as they were sent."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.chassis.database import UTC_INSTANT, DistrictRow


class SentPackage(DistrictRow, table=True):
    """One version of what left with a hand-off: which fields, on what ground, when, to whom. Written once.

    The values are not stored: they stand once, in the person's own sealed copy, so that a correction, a merge or the
    end of the person's key reaches them. ``person_sequence`` says from which fact of intake they came, ``digest``
    pins that fact's very ciphertext.
    """

    __tablename__ = "packages_sent"

    handoff_id: UUID = Field(primary_key=True)
    number: int = Field(primary_key=True)
    purpose: str = Field(max_length=32)
    to_agency: str = Field(max_length=64)
    to_kind: str = Field(max_length=32)
    fields: list[str] = Field(sa_type=JSONB)
    basis: list[str] = Field(sa_type=JSONB)
    person_sequence: int | None = None
    digest: str = Field(max_length=64)
    kept_at: datetime = Field(sa_type=UTC_INSTANT)
