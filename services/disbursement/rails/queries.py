"""What goes into a payment file."""

from uuid import UUID

from services.chassis.database import UnitOfWork
from services.disbursement.batches.queries import orders_of_batch
from services.disbursement.rails.domain import Order, payment_file


async def file_of_batch(batch_id: UUID, uow: UnitOfWork) -> bytes:
    """The file of a batch, built from its payments' rows: the same bytes each time."""
    return payment_file(
        [Order(p.id, p.account_reference, p.amount_rupiah) for p in await orders_of_batch(batch_id, uow)]
    )
