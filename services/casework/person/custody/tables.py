"""Custody: one open row per person."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import LargeBinary
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.casework.office.matters.tables import AboutRow
from services.chassis.database import UTC_INSTANT, Aggregate


class HandOver(AboutRow):
    """What a record of a hand-over says.

    ``belongings`` are kinds with counts; the note on them is sealed with the person's key.
    """

    person_id: UUID = Field(index=True)
    agency: str = Field(max_length=64)
    since: datetime = Field(sa_type=UTC_INSTANT)
    place_code: str = Field(max_length=13)
    observed_state: str = Field(max_length=64)
    ba_number: str | None = Field(default=None, max_length=64)
    giver: str | None = Field(default=None, max_length=64)
    custodian_kind: str = Field(default="AGENCY", max_length=16)
    stated_until: datetime | None = Field(default=None, sa_type=UTC_INSTANT)
    proof: str = Field(default="NONE", max_length=16)
    photo_digest: str | None = Field(default=None, max_length=64)
    belongings: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSONB)
    note_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)


class Custody(HandOver, Aggregate, table=True):
    """A stretch of time during which ``agency`` has a person in hand, as one record tells it.

    ``giver`` and ``stated_until`` are the record's own words; ``until`` follows from the person's whole chain.
    """

    __tablename__ = "custodies"

    until: datetime | None = Field(default=None, sa_type=UTC_INSTANT)
    ended_reason: str | None = Field(default=None, max_length=64)


class CustodyClaim(HandOver, Aggregate, table=True):
    """A hand-over that ``told_by`` alone tells, against ``against``, who has the person; no custody until confirmed.

    Why it was contested, and why it was decided as it was, stays with it.
    """

    __tablename__ = "custody_claims"

    told_by: str = Field(max_length=64)
    against: str = Field(max_length=64)
    state: str = Field(max_length=16)
    custody_id: UUID | None = None
    contested_because: str | None = None
    decided_because: str | None = None
