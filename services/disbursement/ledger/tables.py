"""Journal entries, their postings, and the balances read from them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger
from sqlmodel import Field

from services.chassis.database import UTC_INSTANT, DistrictRow


class JournalEntry(DistrictRow, table=True):
    """A business event in the books. Never changed: the app's role has no right to, and a trigger refuses."""

    __tablename__ = "journal_entries"

    id: UUID = Field(primary_key=True)
    kind: str = Field(max_length=16)
    batch_id: UUID
    payment_id: UUID | None = None
    happened_at: datetime = Field(sa_type=UTC_INSTANT)
    actor: str
    recorded_at: datetime | None = Field(
        default=None, sa_type=UTC_INSTANT, sa_column_kwargs={"server_default": "now()"}
    )


class Posting(DistrictRow, table=True):
    """One line of an entry: whole rupiah, debit above zero, credit below."""

    __tablename__ = "postings"

    entry_id: UUID = Field(primary_key=True)
    line_no: int = Field(primary_key=True)
    account: str = Field(max_length=32)
    amount: int = Field(sa_type=BigInteger)


class AccountBalance(DistrictRow, table=True):
    """A view: what all postings of an account come to."""

    __tablename__ = "account_balances"

    district: str = Field(primary_key=True, max_length=5)
    account: str = Field(primary_key=True)
    debit_rupiah: int = Field(sa_type=BigInteger)
    credit_rupiah: int = Field(sa_type=BigInteger)
    balance_rupiah: int = Field(sa_type=BigInteger)
