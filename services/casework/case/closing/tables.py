"""Rounds of asking, and closings that two people force."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.chassis.database import UTC_INSTANT, Aggregate


class ClosingRound(Aggregate, table=True):
    """One round of asking every other service what of a case is open on its side.

    ``answers``: by service, the codes of what is open there. ``is_stale``: something changed since it was asked.
    """

    __tablename__ = "closing_rounds"

    case_id: UUID = Field(index=True)
    number: int
    asked_at: datetime = Field(sa_type=UTC_INSTANT)
    answers: dict[str, list[str]] = Field(sa_type=JSONB)
    is_stale: bool = False


class ForcedClosing(Aggregate, table=True):
    """Somebody proposes to close a case over what is open; another person decides. ``fates``: by open item's id."""

    __tablename__ = "forced_closings"

    case_id: UUID = Field(index=True)
    state: str = Field(max_length=16)
    reason_code: str = Field(max_length=64)
    fates: dict[str, Any] = Field(sa_type=JSONB)
    proposed_by: str = Field(max_length=128)
    proposed_at: datetime = Field(sa_type=UTC_INSTANT)
    decided_by: str | None = Field(default=None, max_length=128)
    decided_at: datetime | None = Field(default=None, sa_type=UTC_INSTANT)
