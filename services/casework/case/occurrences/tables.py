"""What happened."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.chassis.database import UTC_INSTANT, Aggregate, DistrictRow


class OccurrenceRow(DistrictRow, table=True):
    """One thing that happened to the person of a case; never changed, but for ``revoked_at``: it did not happen.

    ``consequences``: what it did to each open item, as it was shown before and carried out.
    """

    __tablename__ = "occurrences"

    id: UUID = Field(primary_key=True)
    case_id: UUID = Field(index=True)
    kind: str = Field(max_length=32)
    told_by: str = Field(max_length=64)
    happened_at: datetime = Field(sa_type=UTC_INSTANT)
    recorded_at: datetime = Field(sa_type=UTC_INSTANT)
    recorded_by: str = Field(max_length=128)
    consequences: list[dict[str, Any]] = Field(sa_type=JSONB)
    revoked_at: datetime | None = Field(default=None, sa_type=UTC_INSTANT)


class Revocation(Aggregate, table=True):
    """Somebody says that an occurrence did not happen; another person confirms or refuses."""

    __tablename__ = "revocations"

    case_id: UUID = Field(index=True)
    occurrence_id: UUID
    state: str = Field(max_length=16)
    reason_code: str = Field(max_length=32)
    proposed_by: str = Field(max_length=128)
    proposed_at: datetime = Field(sa_type=UTC_INSTANT)
    decided_by: str | None = Field(default=None, max_length=128)
    decided_at: datetime | None = Field(default=None, sa_type=UTC_INSTANT)
