"""Findings."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.casework.office.matters.tables import AboutRow
from services.chassis.database import UTC_INSTANT, Aggregate


class Finding(AboutRow, Aggregate, table=True):
    """Something that does not match; ``rule_key`` names the thing whose rule keeps it, ``owner`` must explain it."""

    __tablename__ = "case_findings"

    rule_key: str = Field(max_length=64)
    kind: str = Field(max_length=32)
    cause: str = Field(max_length=128)
    owner: str = Field(max_length=64)
    person_id: UUID | None = None
    details: dict[str, Any] = Field(sa_type=JSONB)
    state: str = Field(max_length=16)
    found_at: datetime = Field(sa_type=UTC_INSTANT)
    explanation: str | None = Field(default=None, max_length=32)
    reason: str | None = Field(default=None, max_length=500)
    explained_by: str | None = Field(default=None, max_length=128)
    explained_at: datetime | None = Field(default=None, sa_type=UTC_INSTANT)
