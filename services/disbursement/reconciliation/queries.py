"""Read models of the bank's movements."""

from uuid import UUID

from services.chassis.database import ReadSession
from services.disbursement.reconciliation import repository
from services.disbursement.reconciliation.tables import BankMovement


async def movements_of_payment(payment_id: UUID, reading: ReadSession) -> list[BankMovement]:
    """All that the bank said about a payment, in the order in which it was heard."""
    return await repository.of_payment(reading, payment_id)
