"""What the bank says of the payments of a list: credited, returned, and what follows in the books."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from contracts.values import Money
from services.chassis.database import UnitOfWork
from services.chassis.telemetry import linked_span
from services.disbursement.batches import domain, facts, repository
from services.disbursement.batches.commands.lists import Books, books_of
from services.disbursement.batches.commands.sending import reading_of
from services.disbursement.batches.domain import BatchState, Move, PaymentState
from services.disbursement.batches.messages import BatchReading
from services.disbursement.batches.tables import Batch, Payment
from services.disbursement.entitlements import domain as entitlements
from services.disbursement.entitlements.commands import settle_entitlement
from services.disbursement.entitlements.tables import Entitlement
from services.disbursement.ledger.commands import PostEntry, post_entry
from services.disbursement.ledger.domain import EntryKind, moved


@dataclass(frozen=True, slots=True)
class Settlement:
    """A batch whose payments are being settled: all of it locked until the commit."""

    batch: Batch
    payments: Mapping[UUID, Payment]
    books: Books

    @property
    def is_awaited(self) -> bool:
        """Whether the bank may have something to say about it."""
        return self.batch.state in (BatchState.SENT, BatchState.RECONCILED)


async def open_settlement(batch_id: UUID, uow: UnitOfWork) -> Settlement:
    """Lock a batch with its payments. Raises ``NotFound``."""
    batch = await uow.locked(Batch, batch_id)
    payments = {payment.id: payment for payment in await repository.locked_payments(uow, batch_id)}
    return Settlement(batch, payments, await books_of(batch, uow))


async def credit_payment(
    settlement: Settlement, payment_id: UUID, bank_reference: str, happened_at: datetime, uow: UnitOfWork
) -> None:
    """The bank paid: the payable is gone, and so is the cash. Raises ``PaymentCannotMove``."""
    payment, books = settlement.payments[payment_id], settlement.books
    state = domain.next_payment_state(payment.state, "credit")
    uow.change(payment, "credit", state=state.value, bank_reference=bank_reference, settled_at=happened_at)
    entitlement = await settle_entitlement(payment.entitlement_id, entitlements.Move.PAY, None, uow)
    await post_entry(
        PostEntry(
            kind=EntryKind.PAYMENT,
            about=payment.id,
            district=payment.district,
            batch_id=payment.batch_id,
            payment_id=payment.id,
            lines=moved(
                Money(payment.amount_rupiah),
                debit=books.programme.payable_account,
                credit=books.programme.cash_account,
            ),
            chart=books.chart,
            happened_at=happened_at,
        ),
        uow,
    )
    with _statement_line(payment, entitlement):
        uow.publish(facts.payment_credited(payment, bank_reference), about=payment)


def _statement_line(payment: Payment, entitlement: Entitlement) -> AbstractContextManager[None]:
    """The bank's word on one payment, linked to the case's own trace, where its aid began."""
    return linked_span(
        "statement line",
        entitlement.traceparent,
        case_id=str(payment.correlation_id),
        batch_id=str(payment.batch_id),
    )


async def fail_payment(
    settlement: Settlement, payment_id: UUID, reason_code: str, happened_at: datetime, uow: UnitOfWork
) -> None:
    """The bank returned the payment: nothing is paid, the payable stays. Raises ``PaymentCannotMove``."""
    payment = settlement.payments[payment_id]
    state = domain.next_payment_state(payment.state, "fail")
    uow.change(payment, "fail", reason=reason_code, state=state.value, reason_code=reason_code, settled_at=happened_at)
    entitlement = await settle_entitlement(payment.entitlement_id, entitlements.Move.RETURN, reason_code, uow)
    with _statement_line(payment, entitlement):
        uow.publish(facts.payment_failed(payment, reason_code), about=payment)


async def reverse_obligation(
    payment_id: UUID, move: entitlements.Move, reason_code: str, uow: UnitOfWork
) -> Entitlement:
    """A returned payment will not be made: take its obligation back, and renew or end the entitlement."""
    payment = await uow.locked(Payment, payment_id)
    books = await books_of(await uow.locked(Batch, payment.batch_id), uow)
    entitlement = await settle_entitlement(payment.entitlement_id, move, reason_code, uow)
    await post_entry(
        PostEntry(
            kind=EntryKind.REVERSAL,
            about=payment.id,
            district=payment.district,
            batch_id=payment.batch_id,
            payment_id=payment.id,
            lines=moved(
                Money(payment.amount_rupiah),
                debit=books.programme.payable_account,
                credit=books.programme.expense_account,
            ),
            chart=books.chart,
            happened_at=await uow.now(),
        ),
        uow,
    )
    return entitlement


async def close_settlement(settlement: Settlement, uow: UnitOfWork) -> BatchReading:
    """When every payment of a sent batch is settled, the batch is reconciled; says what has to happen next."""
    batch, payments = settlement.batch, settlement.payments.values()
    if batch.state == BatchState.SENT and all(PaymentState(p.state) in domain.SETTLED for p in payments):
        credited = sum(p.state == PaymentState.CREDITED for p in payments)
        uow.change(
            batch,
            "reconcile",
            state=domain.next_state(batch.state, Move.RECONCILE).value,
            matched=credited,
            returned=len(payments) - credited,
            reconciled_at=await uow.now(),
        )
        uow.publish(facts.batch_reconciled(batch), about=batch)
    return await reading_of(batch, uow)
