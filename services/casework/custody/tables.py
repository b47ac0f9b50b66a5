"""Custody: one open row per person."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field

from services.chassis.database import UTC_INSTANT, Aggregate


class Custody(Aggregate, table=True):
    """A stretch of time during which one agency has a person in hand."""

    __tablename__ = "custodies"

    person_id: UUID = Field(index=True)
    case_id: UUID = Field(index=True)
    agency: str = Field(max_length=64)
    since: datetime = Field(sa_type=UTC_INSTANT)
    until: datetime | None = Field(default=None, sa_type=UTC_INSTANT)
    place_code: str = Field(max_length=13)
    condition_code: str = Field(max_length=32)
    ba_number: str | None = Field(default=None, max_length=64)
    ended_reason: str | None = Field(default=None, max_length=64)
