"""Read models of the ledger."""

from uuid import UUID

from services.chassis.database import ReadSession
from services.disbursement.ledger import repository
from services.disbursement.ledger.tables import AccountBalance, JournalEntry, Posting


async def trial_balance(reading: ReadSession) -> list[AccountBalance]:
    """Every account with its debits, credits and balance, rebuilt from the postings."""
    return await repository.balances(reading)


async def entries_of_batch(batch_id: UUID, reading: ReadSession) -> list[tuple[JournalEntry, list[Posting]]]:
    """What a batch brought to the books."""
    entries = await repository.entries_of_batch(reading, batch_id)
    postings = await repository.postings_of(reading, [entry.id for entry in entries])
    return [(entry, [p for p in postings if p.entry_id == entry.id]) for entry in entries]
