"""Every query on the ledger."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import col, select

from services.chassis.database import ReadSession, UnitOfWork
from services.disbursement.ledger.tables import AccountBalance, JournalEntry, Posting


async def entry(uow: UnitOfWork, entry_id: UUID) -> JournalEntry | None:
    """One entry."""
    return await uow.first(select(JournalEntry).where(JournalEntry.id == entry_id))


async def postings_of(source: UnitOfWork | ReadSession, entry_ids: Sequence[UUID]) -> list[Posting]:
    """The lines of some entries, in order."""
    return await source.all(
        select(Posting)
        .where(col(Posting.entry_id).in_(entry_ids))
        .order_by(col(Posting.entry_id), col(Posting.line_no))
    )


async def entries_of_batch(reading: ReadSession, batch_id: UUID) -> list[JournalEntry]:
    """All entries that a batch made, oldest first."""
    return await reading.all(
        select(JournalEntry)
        .where(JournalEntry.batch_id == batch_id)
        .order_by(col(JournalEntry.recorded_at), col(JournalEntry.id))
    )


async def balances(reading: ReadSession) -> list[AccountBalance]:
    """The balance of every account within the caller's scope."""
    return await reading.all(select(AccountBalance).order_by(col(AccountBalance.district), col(AccountBalance.account)))
