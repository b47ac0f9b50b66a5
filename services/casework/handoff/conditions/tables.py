"""Promises."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field

from services.chassis.database import UTC_INSTANT, Aggregate


class Condition(Aggregate, table=True):
    """A condition under which an agency would say yes, and who sees to it until when."""

    __tablename__ = "conditions"

    handoff_id: UUID = Field(index=True)
    matter_id: UUID
    number: int
    code: str = Field(max_length=64)
    about: str = Field(max_length=16)
    owner: str = Field(max_length=64)
    asked_by: str = Field(max_length=64)
    due_at: datetime = Field(sa_type=UTC_INSTANT)
    state: str = Field(max_length=16)
    decided_at: datetime | None = Field(default=None, sa_type=UTC_INSTANT)
    reason_code: str | None = Field(default=None, max_length=64)
