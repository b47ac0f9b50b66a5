"""Objections."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import LargeBinary
from sqlmodel import Field

from services.chassis.database import UTC_INSTANT, Aggregate


class Objection(Aggregate, table=True):
    """A reporter does not accept that their report was refused, or that its case ended; the words are sealed."""

    __tablename__ = "objections"

    report_id: UUID = Field(index=True)
    against: str = Field(max_length=16)
    state: str = Field(max_length=16)
    sealed: bytes = Field(sa_type=LargeBinary)
    raised_at: datetime = Field(sa_type=UTC_INSTANT)
    decided_by: str | None = Field(default=None, max_length=128)
    decided_at: datetime | None = Field(default=None, sa_type=UTC_INSTANT)
