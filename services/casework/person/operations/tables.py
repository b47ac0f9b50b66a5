"""Our copy of operations and their persons, and what the papers count."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field

from services.chassis.database import UTC_INSTANT, Aggregate, DistrictRow


class Operation(Aggregate, table=True):
    """A field operation as intake told of it."""

    __tablename__ = "operations_known"

    agency: str = Field(max_length=64)
    place_code: str = Field(max_length=13)
    persons_count: int
    conducted_at: datetime = Field(sa_type=UTC_INSTANT)


class OperationPerson(DistrictRow, table=True):
    """A person of an operation, by the report that told of them."""

    __tablename__ = "operation_persons"

    report_id: UUID = Field(primary_key=True)
    operation_id: UUID
    person_id: UUID


class OperationCount(Aggregate, table=True):
    """How many persons a berita acara says went from giver to taker, said by one of the two."""

    __tablename__ = "operation_counts"

    operation_id: UUID
    said_by: str = Field(max_length=8)
    giver: str = Field(max_length=64)
    taker: str = Field(max_length=64)
    ba_number: str = Field(max_length=64)
    paper_count: int
    counted_at: datetime = Field(sa_type=UTC_INSTANT)
