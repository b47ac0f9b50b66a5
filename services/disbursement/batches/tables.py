"""Batches, their approvals, and the payments on them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.chassis.database import UTC_INSTANT, Aggregate, DistrictRow


class Batch(Aggregate, table=True):
    """A list of payments of one programme, frozen in each of its revisions."""

    __tablename__ = "batches"

    state: str = Field(max_length=16)
    revision: int = 1
    programme_code: str = Field(max_length=64)
    rail: str = Field(max_length=64)
    items: int
    total_rupiah: int = Field(sa_type=BigInteger)
    digest: str = Field(max_length=64)
    approval_roles: list[str] = Field(sa_type=JSONB)
    proposed_by: str
    proposed_at: datetime = Field(sa_type=UTC_INSTANT)
    approved_at: datetime | None = Field(default=None, sa_type=UTC_INSTANT)
    file_digest: str | None = Field(default=None, max_length=64)
    sent_at: datetime | None = Field(default=None, sa_type=UTC_INSTANT)
    reconciled_at: datetime | None = Field(default=None, sa_type=UTC_INSTANT)
    matched: int = 0
    returned: int = 0
    reason_code: str | None = Field(default=None, max_length=64)


class BatchLine(DistrictRow, table=True):
    """A line of the frozen list; it stays, also when it was taken off or the batch is refused."""

    __tablename__ = "batch_lines"

    batch_id: UUID = Field(primary_key=True)
    line_no: int = Field(primary_key=True)
    entitlement_id: UUID
    payment_id: UUID
    case_id: UUID
    case_correlation_id: UUID
    account_reference: str = Field(max_length=32)
    amount_rupiah: int = Field(sa_type=BigInteger)


class LineTakenOff(DistrictRow, table=True):
    """A line that left the list; ``revision`` is the first without it."""

    __tablename__ = "batch_lines_taken_off"

    batch_id: UUID = Field(primary_key=True)
    line_no: int = Field(primary_key=True)
    revision: int
    reason_code: str = Field(max_length=64)
    taken_off_at: datetime = Field(sa_type=UTC_INSTANT)


class Approval(DistrictRow, table=True):
    """One person's yes to one digest; it counts for its revision of the list alone."""

    __tablename__ = "approvals"

    batch_id: UUID = Field(primary_key=True)
    revision: int = Field(primary_key=True)
    approval_no: int = Field(primary_key=True)
    actor: str
    role: str = Field(max_length=64)
    digest: str = Field(max_length=64)
    approved_at: datetime = Field(sa_type=UTC_INSTANT)


class Payment(Aggregate, table=True):
    """One payment of an approved batch; its correlation id is the case's.

    ``owed_rupiah``: what of it is an obligation, ``credited_rupiah``: what the bank moved for it and did not take back.
    """

    __tablename__ = "payments"

    state: str = Field(max_length=16)
    batch_id: UUID
    line_no: int
    entitlement_id: UUID
    case_id: UUID
    account_reference: str = Field(max_length=32)
    amount_rupiah: int = Field(sa_type=BigInteger)
    owed_rupiah: int = Field(sa_type=BigInteger)
    credited_rupiah: int = Field(default=0, sa_type=BigInteger)
    bank_reference: str | None = Field(default=None, max_length=64)
    reason_code: str | None = Field(default=None, max_length=64)
    settled_at: datetime | None = Field(default=None, sa_type=UTC_INSTANT)
