"""The timeline's lines."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.chassis.database import UTC_INSTANT, DistrictRow


class TimelineRow(DistrictRow, table=True):
    """One fact about a case, from whichever service, as ids and codes."""

    __tablename__ = "timeline_lines"

    fact_id: UUID = Field(primary_key=True)
    correlation_id: UUID = Field(index=True)
    event_type: str = Field(max_length=128)
    facts: dict[str, Any] = Field(sa_type=JSONB)
    happened_at: datetime = Field(sa_type=UTC_INSTANT)
    recorded_at: datetime = Field(sa_type=UTC_INSTANT)
    actor: str = Field(max_length=128)
    subject: UUID
    sequence: int
    trace_id: str | None = Field(default=None, max_length=32)
