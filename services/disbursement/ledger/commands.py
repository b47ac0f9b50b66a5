"""The only code that writes to the ledger."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.chassis.database import UnitOfWork
from services.disbursement.ledger import domain, repository
from services.disbursement.ledger.domain import EntryKind, Line
from services.disbursement.ledger.tables import JournalEntry, Posting


@dataclass(frozen=True, slots=True)
class PostEntry:
    """Bring a business event to the books. ``about`` (a batch or a payment) and kind make the entry's id."""

    kind: EntryKind
    about: UUID
    district: str
    batch_id: UUID
    payment_id: UUID | None
    lines: Sequence[Line]
    chart: Collection[str]
    happened_at: datetime


async def post_entry(command: PostEntry, uow: UnitOfWork) -> UUID:
    """Post an entry once; posting the same again changes nothing.

    Raises ``EntryIsEmpty``, ``EntryDoesNotBalance``, ``AccountIsUnknown``, and ``EntryIsOther`` when the event stands
    in the books with other lines.
    """
    domain.check_entry(command.lines, command.chart)
    entry_id = domain.entry_id(command.kind, command.about)
    if await repository.entry(uow, entry_id) is not None:
        standing = [(p.account, p.amount) for p in await repository.postings_of(uow, [entry_id])]
        if standing != [(line.account, int(line.amount)) for line in command.lines]:
            raise domain.EntryIsOther(entry=str(entry_id))
        return entry_id
    uow.insert(
        JournalEntry(
            id=entry_id,
            district=command.district,
            kind=command.kind.value,
            batch_id=command.batch_id,
            payment_id=command.payment_id,
            happened_at=command.happened_at,
            actor=uow.principal.actor,
        )
    )
    uow.insert(
        *(
            Posting(
                entry_id=entry_id,
                line_no=number,
                account=line.account,
                amount=int(line.amount),
                district=command.district,
            )
            for number, line in enumerate(command.lines, 1)
        )
    )
    return entry_id
