"""Deadlines and the escalation steps that were taken."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field

from services.casework.office.matters.tables import AboutRow
from services.chassis.database import UTC_INSTANT, Aggregate, DistrictRow


class Deadline(AboutRow, Aggregate, table=True):
    """One promise of time: who must act, since when, until when, and why exactly then.

    ``agency`` and ``desk`` name whose working time counts; without a desk every hour does.
    """

    __tablename__ = "deadlines"

    kind: str = Field(max_length=16)
    occurrence: int
    owner: str = Field(max_length=64)
    agency: str = Field(max_length=64)
    desk: str = Field(max_length=64)
    state: str = Field(max_length=16)
    is_emergency: bool
    escalation_policy: str = Field(max_length=32)
    promised_seconds: int
    started_at: datetime = Field(sa_type=UTC_INSTANT)
    due_at: datetime = Field(sa_type=UTC_INSTANT)
    escalates_at: datetime | None = Field(default=None, sa_type=UTC_INSTANT)
    escalations: int = 0
    left_seconds: int | None = None
    stopped_at: datetime | None = Field(default=None, sa_type=UTC_INSTANT)
    sentence: str


class TimerCheck(DistrictRow, table=True):
    """What the workflow of a hand-off was last told, and when: shows where workflow and deadlines differ."""

    __tablename__ = "timer_checks"

    handoff_id: UUID = Field(primary_key=True)
    checked_at: datetime = Field(sa_type=UTC_INSTANT)
    next_check_at: datetime | None = Field(default=None, sa_type=UTC_INSTANT)


class EscalationStep(DistrictRow, table=True):
    """A step of the escalation policy that was taken: unique by what it is about, deadline, occurrence and number.

    ``notice`` is what became of the message that tells of it, found by the id of the fact (``fact_id``).
    """

    __tablename__ = "escalation_steps"

    about_id: UUID = Field(primary_key=True)
    deadline: str = Field(primary_key=True, max_length=16)
    occurrence: int = Field(primary_key=True)
    step_no: int = Field(primary_key=True)
    kind: str = Field(max_length=32)
    due_at: datetime = Field(sa_type=UTC_INSTANT)
    decided_at: datetime = Field(sa_type=UTC_INSTANT)
    remark: str | None = Field(default=None, max_length=32)
    fact_id: UUID | None = None
    notice: str | None = Field(default=None, max_length=16)
    notice_by: datetime | None = Field(default=None, sa_type=UTC_INSTANT)
    delivered_at: datetime | None = Field(default=None, sa_type=UTC_INSTANT)
