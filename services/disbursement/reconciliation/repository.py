"""Every query on the bank's movements."""

from uuid import UUID

from sqlmodel import col, select

from services.chassis.database import ReadSession, UnitOfWork
from services.disbursement.reconciliation.tables import BankMovement


async def of_batch(source: UnitOfWork | ReadSession, batch_id: UUID) -> list[BankMovement]:
    """All that the bank said about a batch until now."""
    return await source.all(
        select(BankMovement)
        .where(BankMovement.batch_id == batch_id)
        .order_by(col(BankMovement.imported_at), col(BankMovement.id))
    )


async def of_payment(reading: ReadSession, payment_id: UUID) -> list[BankMovement]:
    """All that the bank said about a payment."""
    return await reading.all(
        select(BankMovement).where(BankMovement.payment_id == payment_id).order_by(col(BankMovement.imported_at))
    )
