"""What the bank moved for the payments of a list, what of it was owed, and what follows in the books."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
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
from services.disbursement.ledger.domain import EntryKind, Line, moved


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


@dataclass(frozen=True, slots=True)
class BookMovement:
    """The bank moved rupiah for a payment, or for none that we know: out of our account above zero, back below."""

    movement_id: UUID
    payment_id: UUID | None
    moved_rupiah: int
    happened_at: datetime


async def book_movement(settlement: Settlement, command: BookMovement, uow: UnitOfWork) -> None:
    """Bring a movement to the books: against the obligation as far as it was owed, else against suspense."""
    payment = settlement.payments.get(command.payment_id) if command.payment_id else None
    programme = settlement.books.programme
    owed = credited = 0
    if payment is not None:
        owed, credited = payment.owed_rupiah, payment.credited_rupiah
        uow.change(payment, "move", credited_rupiah=credited + command.moved_rupiah)
    to_payable = domain.settles(owed, credited + command.moved_rupiah) - domain.settles(owed, credited)
    to_suspense = command.moved_rupiah - to_payable
    lines = (
        Line(programme.payable_account, Money(to_payable)),
        Line(programme.suspense_account, Money(to_suspense)),
        Line(programme.cash_account, Money(-command.moved_rupiah)),
    )
    entry = _Entry(EntryKind.PAYMENT, command.movement_id, command.payment_id, command.happened_at)
    await _post(settlement, entry, [line for line in lines if line.amount], uow)


@dataclass(frozen=True, slots=True)
class _Entry:
    kind: EntryKind
    about: UUID
    payment_id: UUID | None
    happened_at: datetime


async def _post(settlement: Settlement, entry: _Entry, lines: list[Line], uow: UnitOfWork) -> None:
    batch = settlement.batch
    await post_entry(
        PostEntry(
            kind=entry.kind,
            about=entry.about,
            district=batch.district,
            batch_id=batch.id,
            payment_id=entry.payment_id,
            lines=lines,
            chart=settlement.books.chart,
            happened_at=entry.happened_at,
        ),
        uow,
    )


async def credit_payment(
    settlement: Settlement, payment_id: UUID, bank_reference: str, happened_at: datetime, uow: UnitOfWork
) -> None:
    """The bank paid what was owed. Raises ``PaymentCannotMove``."""
    payment = settlement.payments[payment_id]
    state = domain.next_payment_state(payment.state, "credit")
    uow.change(payment, "credit", state=state.value, bank_reference=bank_reference, settled_at=happened_at)
    entitlement = await settle_entitlement(payment.entitlement_id, entitlements.Move.PAY, None, uow)
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
    """Nothing of the payment arrived, or all of it came back: the payable stands. Raises ``PaymentCannotMove``."""
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
    settlement = await open_settlement((await uow.locked(Payment, payment_id)).batch_id, uow)
    payment = settlement.payments[payment_id]
    entitlement = await settle_entitlement(payment.entitlement_id, move, reason_code, uow)
    await owe(settlement, payment, 0, reason_code, uow)
    return entitlement


async def owe(settlement: Settlement, payment: Payment, owed_rupiah: int, reason_code: str, uow: UnitOfWork) -> None:
    """Owe another amount for a payment: less cost and a smaller payable, or more; suspense gives what is now owed."""
    programme = settlement.books.programme
    cost = owed_rupiah - payment.owed_rupiah
    if not cost:
        return
    before, after = (domain.settles(owed, payment.credited_rupiah) for owed in (payment.owed_rupiah, owed_rupiah))
    lines = (
        Line(programme.expense_account, Money(cost)),
        Line(programme.payable_account, Money(after - before - cost)),
        Line(programme.suspense_account, Money(before - after)),
    )
    entry = _Entry(EntryKind.REVERSAL, domain.revision_id(payment.id, payment.version), payment.id, await uow.now())
    await _post(settlement, entry, [line for line in lines if line.amount], uow)
    uow.change(payment, "owe", reason=reason_code, owed_rupiah=owed_rupiah)


async def recover(settlement: Settlement, about: UUID, payment_id: UUID, amount_rupiah: int, uow: UnitOfWork) -> None:
    """What was moved and not owed is back in our account by another way than the statement."""
    programme = settlement.books.programme
    entry = _Entry(EntryKind.ADJUSTMENT, about, payment_id, await uow.now())
    lines = moved(Money(amount_rupiah), debit=programme.cash_account, credit=programme.suspense_account)
    await _post(settlement, entry, list(lines), uow)
    payment = settlement.payments[payment_id]
    uow.change(payment, "recover", credited_rupiah=payment.credited_rupiah - amount_rupiah)


async def close_settlement(settlement: Settlement, uow: UnitOfWork) -> BatchReading:
    """When every payment of a sent batch is settled, the batch is reconciled; says what has to happen next.

    What the bank does later to a payment is counted anew.
    """
    batch, payments = settlement.batch, settlement.payments.values()
    credited = sum(p.state == PaymentState.CREDITED for p in payments)
    counts: dict[str, Any] = {"matched": credited, "returned": len(payments) - credited}
    if batch.state == BatchState.SENT and all(PaymentState(p.state) in domain.SETTLED for p in payments):
        state = domain.next_state(batch.state, Move.RECONCILE).value
        uow.change(batch, "reconcile", state=state, reconciled_at=await uow.now(), **counts)
        uow.publish(facts.batch_reconciled(batch), about=batch)
    elif batch.state == BatchState.RECONCILED and batch.matched != credited:
        uow.change(batch, "recount", **counts)
    return await reading_of(batch, uow)
