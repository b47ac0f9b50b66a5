"""Decisions on somebody's age."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field

from services.chassis.database import UTC_INSTANT, Aggregate


class AgeDecision(Aggregate, table=True):
    """Somebody says that a person who is taken for a child is an adult; another person decides.

    ``decided_by`` confirmed or refused; ``ended_by`` took the confirmed decision back.
    """

    __tablename__ = "age_decisions"

    case_id: UUID = Field(index=True)
    person_id: UUID = Field(index=True)
    state: str = Field(max_length=16)
    evidence: str = Field(max_length=32)
    proposed_by: str = Field(max_length=128)
    proposed_at: datetime = Field(sa_type=UTC_INSTANT)
    decided_by: str | None = Field(default=None, max_length=128)
    decided_at: datetime | None = Field(default=None, sa_type=UTC_INSTANT)
    ended_by: str | None = Field(default=None, max_length=128)
    ended_at: datetime | None = Field(default=None, sa_type=UTC_INSTANT)
    end_reason: str | None = Field(default=None, max_length=32)
