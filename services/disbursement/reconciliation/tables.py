"""Statement lines as they were read."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger
from sqlmodel import Field

from services.chassis.database import UTC_INSTANT, DistrictRow


class StatementLineRow(DistrictRow, table=True):
    """A line of a bank's statement, kept once however often it comes."""

    __tablename__ = "statement_lines"

    id: UUID = Field(primary_key=True)
    batch_id: UUID
    payment_id: UUID | None = None
    amount_rupiah: int | None = Field(default=None, sa_type=BigInteger)
    status: str = Field(max_length=16)
    bank_reference: str = Field(default="", max_length=64)
    reason_code: str = Field(default="", max_length=64)
    imported_at: datetime = Field(sa_type=UTC_INSTANT)
