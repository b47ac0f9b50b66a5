"""Response shapes of the ledger. Amounts are whole rupiah; debit above zero, credit below."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from services.disbursement.ledger.tables import AccountBalance, JournalEntry, Posting


class BalanceOut(BaseModel):
    """One account of the trial balance."""

    district: str
    account: str
    debit_rupiah: int
    credit_rupiah: int
    balance_rupiah: int

    @classmethod
    def of(cls, row: AccountBalance) -> "BalanceOut":
        """From the row."""
        return cls(
            district=row.district,
            account=row.account,
            debit_rupiah=row.debit_rupiah,
            credit_rupiah=row.credit_rupiah,
            balance_rupiah=row.balance_rupiah,
        )


class TrialBalanceOut(BaseModel):
    """All accounts; ``sum_rupiah`` is zero or the books are broken."""

    accounts: list[BalanceOut]
    sum_rupiah: int = Field(description="Selalu nol")

    @classmethod
    def of(cls, rows: Sequence[AccountBalance]) -> "TrialBalanceOut":
        """From the rows."""
        return cls(accounts=[BalanceOut.of(row) for row in rows], sum_rupiah=sum(row.balance_rupiah for row in rows))


class PostingOut(BaseModel):
    """One line of an entry."""

    account: str
    amount_rupiah: int


class EntryOut(BaseModel):
    """One entry with its lines."""

    entry_id: UUID
    kind: str
    batch_id: UUID
    payment_id: UUID | None
    happened_at: datetime
    recorded_at: datetime
    postings: list[PostingOut]

    @classmethod
    def of(cls, made: tuple[JournalEntry, list[Posting]]) -> "EntryOut":
        """From the rows."""
        entry, postings = made
        assert entry.recorded_at is not None
        return cls(
            entry_id=entry.id,
            kind=entry.kind,
            batch_id=entry.batch_id,
            payment_id=entry.payment_id,
            happened_at=entry.happened_at,
            recorded_at=entry.recorded_at,
            postings=[PostingOut(account=p.account, amount_rupiah=p.amount) for p in postings],
        )


class EntriesOut(BaseModel):
    """The entries of a batch, oldest first."""

    items: list[EntryOut]
