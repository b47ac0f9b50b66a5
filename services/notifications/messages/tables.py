"""Messages, and the two facts of a case that they need."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field

from services.chassis.database import UTC_INSTANT, Aggregate, DistrictRow


class Message(Aggregate, table=True):
    """One message to one recipient about one fact. The number itself is not kept: it stands in the pack."""

    __tablename__ = "messages"

    state: str = Field(max_length=16)
    cause_fact_id: UUID
    occasion: str = Field(max_length=32)
    recipient: str = Field(max_length=16)
    template: str = Field(max_length=64)
    channel: str = Field(max_length=16)
    case_id: UUID | None = None
    agency: str = Field(default="", max_length=64)
    duty_phone: str = Field(default="", max_length=64)
    village_code: str = Field(default="", max_length=13)
    purpose: str = Field(default="", max_length=64)
    due_at: datetime | None = Field(default=None, sa_type=UTC_INSTANT)
    told_at: datetime = Field(sa_type=UTC_INSTANT)
    facts_by: datetime = Field(sa_type=UTC_INSTANT)
    to_name: str = Field(default="", max_length=200)
    to_masked: str = Field(default="", max_length=20)
    body: str = Field(default="", max_length=1000)
    reason_code: str | None = Field(default=None, max_length=64)
    sent_at: datetime | None = Field(default=None, sa_type=UTC_INSTANT)
    ended_at: datetime | None = Field(default=None, sa_type=UTC_INSTANT)


class MessagePin(DistrictRow, table=True):
    """The PIN that a message takes along, sealed for this service; there until the message has gone or never will."""

    __tablename__ = "message_pins"

    message_id: UUID = Field(primary_key=True)
    sealed_pin: str = Field(max_length=400)


class DueMessage(DistrictRow, table=True):
    """When a message that has not ended is looked at next; gone when it ends.

    Whoever claims it moves the instant to the end of a lease: a claim whose process died is due again by itself.
    """

    __tablename__ = "due_messages"

    message_id: UUID = Field(primary_key=True)
    due_at: datetime = Field(sa_type=UTC_INSTANT)
    tries: int = 0
    """Claims since it was told or handed over; above 1 an earlier one may have handed it over unknown to us."""
    traceparent: str = Field(max_length=64)
    """Of the trace that told it."""


class CaseNumber(DistrictRow, table=True):
    """Our copy: which number and which village belong to a correlation id."""

    __tablename__ = "case_numbers"

    correlation_id: UUID = Field(primary_key=True)
    case_id: UUID
    case_number: str = Field(max_length=64)
    village_code: str = Field(max_length=13)
    as_of: datetime = Field(sa_type=UTC_INSTANT)


class ReportSource(DistrictRow, table=True):
    """Our copy: which agency reported, under a correlation id."""

    __tablename__ = "report_sources"

    correlation_id: UUID = Field(primary_key=True)
    reporter_agency: str = Field(max_length=64)
    village_code: str = Field(max_length=13)
    as_of: datetime = Field(sa_type=UTC_INSTANT)
