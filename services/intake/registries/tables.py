"""Checks against outside registries."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field

from services.chassis.database import UTC_INSTANT, Aggregate


class RegistryCheck(Aggregate, table=True):
    """One question to one registry about one person, with its answer's code, source and time."""

    __tablename__ = "registry_checks"

    person_id: UUID = Field(index=True)
    about_id: UUID
    handoff_id: UUID
    kind: str = Field(max_length=16)
    source: str = Field(max_length=64)
    result: str = Field(max_length=16)
    asked_at: datetime = Field(sa_type=UTC_INSTANT)
    answered_at: datetime | None = Field(default=None, sa_type=UTC_INSTANT)
    is_same_person: bool | None = None
    settled_at: datetime | None = Field(default=None, sa_type=UTC_INSTANT)
