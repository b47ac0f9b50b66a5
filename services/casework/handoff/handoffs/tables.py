"""Hand-offs, the groups of candidates they belong to, and answers that were spoken."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from contracts.values import Urgency
from services.casework.office.matters.tables import AboutRow
from services.chassis.database import UTC_INSTANT, Aggregate, DistrictRow


class HandoffGroup(AboutRow, Aggregate, table=True):
    """One request of a procedure's step, or of a person, to one or several candidates: in turn or side by side."""

    __tablename__ = "handoff_groups"

    person_id: UUID
    step: str = Field(max_length=64)
    purpose: str = Field(max_length=32)
    urgency: str = Field(default="", max_length=16)
    from_agency: str = Field(max_length=64)
    candidates: list[str] = Field(sa_type=JSONB)
    asked: int
    mode: str = Field(default="sequential", max_length=16)
    outcome: str | None = Field(default=None, max_length=16)
    result_code: str | None = Field(default=None, max_length=64)
    reason_code: str | None = Field(default=None, max_length=64)
    won_by: str | None = Field(default=None, max_length=64)
    reply_to: str = Field(max_length=128)
    reply_workflow: str = Field(max_length=64)

    @property
    def passes_ahead(self) -> bool:
        """Asked in an emergency."""
        return self.urgency == Urgency.EMERGENCY


class Handoff(AboutRow, Aggregate, table=True):
    """A promise asked of one agency's desk.

    ``deadline`` and ``due_at`` name the deadline of its own that is due next. ``is_emergency``: it has had one that the
    pack calls an emergency's.
    """

    __tablename__ = "handoffs"

    person_id: UUID
    group_id: UUID = Field(index=True)
    candidate_no: int
    purpose: str = Field(max_length=32)
    urgency: str = Field(default="", max_length=16)
    is_emergency: bool = False
    from_agency: str = Field(max_length=64)
    to_agency: str = Field(max_length=64)
    to_desk: str = Field(max_length=64)
    state: str = Field(max_length=16)
    promise_holder: str = Field(max_length=64)
    held_state: str | None = Field(default=None, max_length=16)
    deadline: str | None = Field(default=None, max_length=16)
    due_at: datetime | None = Field(default=None, sa_type=UTC_INSTANT)
    requested_at: datetime = Field(sa_type=UTC_INSTANT)
    received_at: datetime | None = Field(default=None, sa_type=UTC_INSTANT)
    answered_at: datetime | None = Field(default=None, sa_type=UTC_INSTANT)
    arrived_at: datetime | None = Field(default=None, sa_type=UTC_INSTANT)
    cancel_asked_at: datetime | None = Field(default=None, sa_type=UTC_INSTANT)
    ended_at: datetime | None = Field(default=None, sa_type=UTC_INSTANT)
    is_reserve: bool = False
    spoken_for: bool = False
    opened_for_by: str | None = Field(default=None, max_length=128)
    last_moved_by: str = Field(default="", max_length=128)
    last_moved_at: datetime | None = Field(default=None, sa_type=UTC_INSTANT)
    last_move: str = Field(default="", max_length=24)
    claimed_by: str | None = Field(default=None, max_length=128)
    claimed_until: datetime | None = Field(default=None, sa_type=UTC_INSTANT)
    result_code: str | None = Field(default=None, max_length=64)
    reason_code: str | None = Field(default=None, max_length=64)
    ba_number: str | None = Field(default=None, max_length=64)

    @property
    def passes_ahead(self) -> bool:
        """Asked in an emergency, or for what the pack gives an emergency's time."""
        return self.is_emergency or self.urgency == Urgency.EMERGENCY


class LinkAnswer(DistrictRow, table=True):
    """An answer that an agency without software gave through a link: visible as such for ever, never changed."""

    __tablename__ = "link_answers"

    id: UUID = Field(primary_key=True)
    handoff_id: UUID = Field(index=True)
    agency: str = Field(max_length=64)
    move: str = Field(max_length=24)
    recorded_at: datetime = Field(sa_type=UTC_INSTANT)


class SpokenAnswer(DistrictRow, table=True):
    """An answer that an agency gave by phone and an officer wrote down: visible as such for ever."""

    __tablename__ = "spoken_answers"

    id: UUID = Field(primary_key=True)
    handoff_id: UUID = Field(index=True)
    agency: str = Field(max_length=64)
    move: str = Field(max_length=24)
    spoke_with: str = Field(max_length=120)
    role: str = Field(max_length=64)
    phone: str = Field(max_length=32)
    happened_at: datetime = Field(sa_type=UTC_INSTANT)
    recorded_at: datetime = Field(sa_type=UTC_INSTANT)
    recorded_by: str = Field(max_length=128)
    verdict: str | None = Field(default=None, max_length=16)
    verdict_at: datetime | None = Field(default=None, sa_type=UTC_INSTANT)
