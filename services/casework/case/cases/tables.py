"""Cases."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field

from contracts.values import Urgency
from services.chassis.database import UTC_INSTANT, Aggregate


class Case(Aggregate, table=True):
    """A person in need whom the office takes care of; ``holder`` must think of the next step.

    ``resumed_at``: when somebody who had left was found again.
    ``worker``: who of the office sees to it.
    ``is_tied``: a mother or a child whose other half has a case too.
    """

    __tablename__ = "cases"

    number: str = Field(max_length=64)
    case_type: str = Field(max_length=32)
    state: str = Field(max_length=16)
    stage: str = Field(max_length=32)
    person_id: UUID
    village_code: str = Field(max_length=13)
    source_report_id: UUID
    reporter_agency: str = Field(max_length=64)
    urgency: str = Field(max_length=16)
    apparent_minor: bool
    found_in_custody: bool = False
    is_tied: bool = False
    holder: str = Field(max_length=64)
    worker: str | None = Field(default=None, max_length=128)
    unit: str = Field(max_length=64)
    workflow: str = Field(max_length=64)
    rules_version: int
    pack_version: str = Field(max_length=32)
    outcome: str | None = Field(default=None, max_length=32)
    outcome_at: datetime | None = Field(default=None, sa_type=UTC_INSTANT)
    resumed_at: datetime | None = Field(default=None, sa_type=UTC_INSTANT)
    aid_request_id: UUID | None = None
    aid_state: str | None = Field(default=None, max_length=16)
    aid_decision: str | None = Field(default=None, max_length=16)
    parent_case_id: UUID | None = None
    found_at: datetime = Field(sa_type=UTC_INSTANT)
    opened_at: datetime = Field(sa_type=UTC_INSTANT)
    closed_at: datetime | None = Field(default=None, sa_type=UTC_INSTANT)

    @property
    def passes_ahead(self) -> bool:
        """An emergency, as it was reported."""
        return self.urgency == Urgency.EMERGENCY
