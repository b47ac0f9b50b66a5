"""What happened."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field

from services.chassis.database import UTC_INSTANT, DistrictRow


class OccurrenceRow(DistrictRow, table=True):
    """One thing that happened to the person of a case; never changed."""

    __tablename__ = "occurrences"

    id: UUID = Field(primary_key=True)
    case_id: UUID = Field(index=True)
    kind: str = Field(max_length=32)
    told_by: str = Field(max_length=64)
    happened_at: datetime = Field(sa_type=UTC_INSTANT)
    recorded_at: datetime = Field(sa_type=UTC_INSTANT)
    recorded_by: str = Field(max_length=128)
