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
    happened_at: datetime = Field(default=None, sa_type=UTC_INSTANT, sa_column_kwargs={"server_default": "now()"})
    recorded_at: datetime = Field(default=None, sa_type=UTC_INSTANT, sa_column_kwargs={"server_default": "now()"})
    actor: str = Field(max_length=128)
    subject: UUID
    sequence: int
    trace_id: str | None = Field(default=None, max_length=32)
