"""What the bank said, line by line."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger
from sqlmodel import Field

from services.chassis.database import UTC_INSTANT, DistrictRow


class BankMovement(DistrictRow, table=True):
    """A line of a bank's statement, kept once however often it comes, and the rupiah it moved: out above zero."""

    __tablename__ = "bank_movements"

    id: UUID = Field(primary_key=True)
    batch_id: UUID
    payment_id: UUID | None = None
    amount_rupiah: int | None = Field(default=None, sa_type=BigInteger)
    status: str = Field(max_length=16)
    bank_reference: str = Field(default="", max_length=64)
    reason_code: str = Field(default="", max_length=64)
    reason_text: str = Field(default="", max_length=200)
    value_on: date | None = None
    moved_rupiah: int = Field(default=0, sa_type=BigInteger)
    imported_at: datetime = Field(sa_type=UTC_INSTANT)
