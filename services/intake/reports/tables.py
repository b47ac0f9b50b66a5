"""Reports and operations."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import LargeBinary
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from contracts.values import Urgency
from services.chassis.database import UTC_INSTANT, Aggregate, DistrictRow


class Report(Aggregate, table=True):
    """One report about one person. The reporter's words and the person's description are sealed."""

    __tablename__ = "reports"

    state: str = Field(max_length=16)
    channel: str = Field(max_length=32)
    kind: str = Field(max_length=32)
    urgency: str = Field(max_length=16)
    village_code: str = Field(max_length=13)
    person_id: UUID
    operation_id: UUID | None = Field(default=None, index=True)
    reporter_agency: str = Field(max_length=64)
    found_at: datetime = Field(sa_type=UTC_INSTANT)
    is_with_reporter: bool = False
    evidence: list[dict[str, str]] = Field(sa_type=JSONB)
    sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    nik_digest: bytes | None = Field(default=None, sa_type=LargeBinary)
    tracking_digest: bytes = Field(sa_type=LargeBinary)
    decided_by: str | None = Field(default=None, max_length=128)
    parent_report_id: UUID | None = None
    reason_code: str | None = Field(default=None, max_length=64)

    @property
    def passes_ahead(self) -> bool:
        """An emergency, as its reporter says."""
        return self.urgency == Urgency.EMERGENCY


class ReportCase(DistrictRow, table=True):
    """Our copy of what became of a report: the number that people know its case under, and whether it is closed."""

    __tablename__ = "report_cases"

    report_id: UUID = Field(primary_key=True)
    case_id: UUID
    case_number: str = Field(max_length=64)
    is_closed: bool = False


class Operation(Aggregate, table=True):
    """A field operation of an agency (razia): one paper, many reports."""

    __tablename__ = "operations"

    agency: str = Field(max_length=64)
    order_number: str = Field(max_length=64)
    place_code: str = Field(max_length=13)
    persons_count: int
    conducted_at: datetime = Field(sa_type=UTC_INSTANT)
