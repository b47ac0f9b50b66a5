"""Assessments, and the versions of a plan with their lines."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import LargeBinary
from sqlmodel import Field

from services.chassis.database import UTC_INSTANT, Aggregate, DistrictRow


class Assessment(Aggregate, table=True):
    """What somebody's circumstances are and what they need, in words sealed with the person's key."""

    __tablename__ = "assessments"

    case_id: UUID = Field(index=True)
    person_id: UUID
    number: int
    assessed_at: datetime = Field(sa_type=UTC_INSTANT)
    author: str = Field(max_length=128)
    sealed: bytes = Field(sa_type=LargeBinary)


class Plan(Aggregate, table=True):
    """One version of a case's plan; ``digest`` is of what was proposed, ``returned_for`` why it last came back."""

    __tablename__ = "plans"

    case_id: UUID = Field(index=True)
    person_id: UUID
    number: int
    assessment_id: UUID
    state: str = Field(max_length=16)
    author: str = Field(max_length=128)
    digest: str | None = Field(default=None, max_length=64)
    proposed_by: str | None = Field(default=None, max_length=128)
    proposed_at: datetime | None = Field(default=None, sa_type=UTC_INSTANT)
    decided_by: str | None = Field(default=None, max_length=128)
    decided_at: datetime | None = Field(default=None, sa_type=UTC_INSTANT)
    returned_for: str | None = Field(default=None, max_length=32)


class PlanLine(DistrictRow, table=True):
    """A service by somebody until a day; its goal is sealed with the person's key."""

    __tablename__ = "plan_lines"

    id: UUID = Field(primary_key=True)
    plan_id: UUID = Field(index=True)
    service: str = Field(max_length=32)
    agency: str = Field(max_length=64)
    until: date
    sealed: bytes = Field(sa_type=LargeBinary)
