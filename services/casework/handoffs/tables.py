"""Hand-offs, the groups of candidates they belong to, and the rungs that rang."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.chassis.database import UTC_INSTANT, Aggregate, DistrictRow


class HandoffGroup(Aggregate, table=True):
    """One request of a procedure's step to one or several candidates, asked one after another."""

    __tablename__ = "handoff_groups"

    case_id: UUID = Field(index=True)
    person_id: UUID
    step: str = Field(max_length=64)
    purpose: str = Field(max_length=32)
    from_agency: str = Field(max_length=64)
    candidates: list[str] = Field(sa_type=JSONB)
    asked: int
    outcome: str | None = Field(default=None, max_length=16)
    result_code: str | None = Field(default=None, max_length=64)
    reason_code: str | None = Field(default=None, max_length=64)
    won_by: str | None = Field(default=None, max_length=64)
    reply_to: str = Field(max_length=128)
    reply_workflow: str = Field(max_length=64)


class Handoff(Aggregate, table=True):
    """A promise asked of one agency's desk."""

    __tablename__ = "handoffs"

    case_id: UUID = Field(index=True)
    person_id: UUID
    group_id: UUID = Field(index=True)
    candidate_no: int
    purpose: str = Field(max_length=32)
    from_agency: str = Field(max_length=64)
    to_agency: str = Field(max_length=64)
    to_desk: str = Field(max_length=64)
    state: str = Field(max_length=16)
    promise_holder: str = Field(max_length=64)
    clock: str | None = Field(default=None, max_length=16)
    clock_started_at: datetime | None = Field(default=None, sa_type=UTC_INSTANT)
    due_at: datetime | None = Field(default=None, sa_type=UTC_INSTANT)
    occurrence: int = 1
    rungs: int = 0
    requested_at: datetime = Field(sa_type=UTC_INSTANT)
    received_at: datetime | None = Field(default=None, sa_type=UTC_INSTANT)
    answered_at: datetime | None = Field(default=None, sa_type=UTC_INSTANT)
    ended_at: datetime | None = Field(default=None, sa_type=UTC_INSTANT)
    claimed_by: str | None = Field(default=None, max_length=128)
    claimed_until: datetime | None = Field(default=None, sa_type=UTC_INSTANT)
    result_code: str | None = Field(default=None, max_length=64)
    reason_code: str | None = Field(default=None, max_length=64)
    ba_number: str | None = Field(default=None, max_length=64)


class RungRow(DistrictRow, table=True):
    """A rung of the ladder that rang: unique by hand-off, clock, occurrence and number."""

    __tablename__ = "rungs"

    handoff_id: UUID = Field(primary_key=True)
    clock: str = Field(primary_key=True, max_length=16)
    occurrence: int = Field(primary_key=True)
    rung_no: int = Field(primary_key=True)
    kind: str = Field(max_length=32)
    due_at: datetime = Field(sa_type=UTC_INSTANT)
    decided_at: datetime = Field(sa_type=UTC_INSTANT)
