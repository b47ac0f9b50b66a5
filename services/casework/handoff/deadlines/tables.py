"""Clocks and the rungs that rang."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field

from services.chassis.database import UTC_INSTANT, Aggregate, DistrictRow


class Clock(Aggregate, table=True):
    """One promise of time: who must act, since when, until when, and why exactly then.

    ``agency`` and ``desk`` name whose working time counts; without a desk every hour does.
    """

    __tablename__ = "clocks"

    handoff_id: UUID = Field(index=True)
    kind: str = Field(max_length=16)
    occurrence: int
    owner: str = Field(max_length=64)
    agency: str = Field(max_length=64)
    desk: str = Field(max_length=64)
    state: str = Field(max_length=16)
    is_emergency: bool
    ladder: str = Field(max_length=32)
    promised_seconds: int
    started_at: datetime = Field(sa_type=UTC_INSTANT)
    due_at: datetime = Field(sa_type=UTC_INSTANT)
    rings_at: datetime | None = Field(default=None, sa_type=UTC_INSTANT)
    rungs: int = 0
    left_seconds: int | None = None
    stopped_at: datetime | None = Field(default=None, sa_type=UTC_INSTANT)
    sentence: str


class ClockKeeper(DistrictRow, table=True):
    """What the workflow of a hand-off was last told, and when: shows where workflow and clocks differ."""

    __tablename__ = "clock_keepers"

    handoff_id: UUID = Field(primary_key=True)
    looked_at: datetime = Field(sa_type=UTC_INSTANT)
    looks_again_at: datetime | None = Field(default=None, sa_type=UTC_INSTANT)


class RungRow(DistrictRow, table=True):
    """A rung of the ladder that rang: unique by hand-off, clock, occurrence and number.

    ``notice`` is what became of the message that tells of it, found by the id of the fact (``fact_id``).
    """

    __tablename__ = "rungs"

    handoff_id: UUID = Field(primary_key=True)
    clock: str = Field(primary_key=True, max_length=16)
    occurrence: int = Field(primary_key=True)
    rung_no: int = Field(primary_key=True)
    kind: str = Field(max_length=32)
    due_at: datetime = Field(sa_type=UTC_INSTANT)
    decided_at: datetime = Field(sa_type=UTC_INSTANT)
    remark: str | None = Field(default=None, max_length=32)
    fact_id: UUID | None = None
    notice: str | None = Field(default=None, max_length=16)
    notice_by: datetime | None = Field(default=None, sa_type=UTC_INSTANT)
    delivered_at: datetime | None = Field(default=None, sa_type=UTC_INSTANT)
