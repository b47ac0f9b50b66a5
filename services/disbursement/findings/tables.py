"""Findings."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field

from services.chassis.database import UTC_INSTANT, Aggregate


class Finding(Aggregate, table=True):
    """Something that does not match, owned by a desk, due at an instant, until somebody resolves it."""

    __tablename__ = "findings"

    kind: str = Field(max_length=32)
    batch_id: UUID
    payment_id: UUID | None = None
    entitlement_id: UUID | None = None
    line_no: int | None = None
    desk: str = Field(max_length=64)
    due_at: datetime = Field(sa_type=UTC_INSTANT)
    reason_code: str = Field(default="", max_length=64)
    resolution: str | None = Field(default=None, max_length=32)
    resolved_at: datetime | None = Field(default=None, sa_type=UTC_INSTANT)
