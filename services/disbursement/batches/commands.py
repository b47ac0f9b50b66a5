"""The only code that changes batches and payments."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from contracts.values import Money
from services.chassis import clock
from services.chassis.database import UnitOfWork
from services.chassis.principal import Principal
from services.chassis.telemetry import linked_span
from services.disbursement.batches import domain, facts, repository
from services.disbursement.batches.domain import BatchState, Given, ListLine, Move, PaymentState
from services.disbursement.batches.messages import BatchChanged, BatchReading, PaymentBatchStart
from services.disbursement.batches.tables import Approval, Batch, BatchLine, Payment
from services.disbursement.entitlements import domain as entitlements
from services.disbursement.entitlements.commands import (
    TakeForBatch,
    release_from_batch,
    settle_entitlement,
    take_for_batch,
)
from services.disbursement.entitlements.tables import Entitlement
from services.disbursement.ledger.commands import PostEntry, post_entry
from services.disbursement.ledger.domain import EntryKind, moved
from services.disbursement.programmes.domain import Programme
from services.disbursement.programmes.queries import pack_in_force, programme_in_force


@dataclass(frozen=True, slots=True)
class Books:
    """Where a batch's money is booked."""

    programme: Programme
    chart: frozenset[str]


async def books_of(batch: Batch, uow: UnitOfWork) -> Books:
    """The accounts of a batch's programme. Raises ``PackIsMissing``."""
    pack = await pack_in_force(uow, batch.district)
    return Books(await programme_in_force(uow, batch.district, batch.programme_code), pack.account_codes)


@dataclass(frozen=True, slots=True)
class ProposeBatch:
    """Freeze a list: of the named entitlements, or of all that wait."""

    programme_code: str
    entitlement_ids: Sequence[UUID] | None = None
    district: str | None = None


def district_of(principal: Principal, district: str | None) -> str:
    """The one district a batch is for. Raises ``DistrictIsMissing``, ``DistrictIsNotYours``."""
    found = district or (principal.offices[0] if len(principal.offices) == 1 else "")
    if "." not in found:
        raise domain.DistrictIsMissing
    if not principal.covers(found[:5]):
        raise domain.DistrictIsNotYours
    return found[:5]


async def propose_batch(command: ProposeBatch, uow: UnitOfWork) -> Batch:
    """Freeze a list of waiting entitlements under its digest, with the approvers its total asks for.

    Raises ``NothingToPay``, ``EntitlementsAreNotFree``, ``TotalIsAboveEveryLimit``, ``PackIsMissing``,
    ``DistrictIsMissing``, ``DistrictIsNotYours``.
    """
    district = district_of(uow.principal, command.district)
    programme = await programme_in_force(uow, district, command.programme_code)
    batch_id = clock.new_id()
    found = await take_for_batch(
        TakeForBatch(batch_id, district, programme.code, command.entitlement_ids, domain.BATCH_LIMIT), uow
    )
    if not found:
        raise domain.NothingToPay(programme=programme.code)
    lines = [
        BatchLine(
            batch_id=batch_id,
            line_no=number,
            entitlement_id=row.id,
            payment_id=domain.payment_id(row.programme_code, row.period, row.id, row.attempt),
            case_id=row.case_id,
            case_correlation_id=row.correlation_id,
            account_reference=domain.account_reference(row.person_id),
            amount_rupiah=row.amount_rupiah,
            district=district,
        )
        for number, row in enumerate(found, 1)
    ]
    total = int(Money.total(Money(line.amount_rupiah) for line in lines))
    roles = programme.approval_roles(total)
    if roles is None:
        raise domain.TotalIsAboveEveryLimit(programme=programme.code)
    batch = Batch(
        id=batch_id,
        correlation_id=batch_id,
        district=district,
        state=BatchState.PROPOSED.value,
        programme_code=programme.code,
        rail=programme.rail,
        items=len(lines),
        total_rupiah=total,
        digest=_digest(programme.code, lines),
        approval_roles=list(roles),
        proposed_by=uow.principal.actor,
        proposed_at=await uow.now(),
    )
    uow.create(batch, "propose")
    uow.insert(*lines)
    uow.publish(facts.batch_proposed(batch), about=batch)
    return batch


def _digest(programme_code: str, lines: Sequence[BatchLine]) -> str:
    return domain.list_digest(
        programme_code,
        [ListLine(line.line_no, line.entitlement_id, line.payment_id, line.amount_rupiah) for line in lines],
    )


@dataclass(frozen=True, slots=True)
class ApproveBatch:
    """One person's yes to the list with this digest; ``expected_version`` is what they saw."""

    batch_id: UUID
    digest: str
    expected_version: int


async def approve_batch(command: ApproveBatch, uow: UnitOfWork) -> Batch:
    """Write an approval; the last one that is needed posts the obligation and starts the payment.

    Raises ``NotFound``, ``StaleVersion``, ``BatchCannotMove``, ``ProposerCannotApprove``, ``AlreadyApprovedByYou``,
    ``ApprovalNeedsOtherRole``, ``ApprovalIsForOtherList``.
    """
    batch = await uow.locked(Batch, command.batch_id, command.expected_version)
    given = await repository.approvals(uow, batch.id)
    move = domain.check_approval(
        state=batch.state,
        actor=uow.principal.actor,
        roles=uow.principal.roles,
        proposer=batch.proposed_by,
        needed=batch.approval_roles,
        given=[Given(approval.actor, approval.role) for approval in given],
    )
    lines = await repository.lines(uow, batch.id)
    if command.digest != batch.digest or _digest(batch.programme_code, lines) != batch.digest:
        raise domain.ApprovalIsForOtherList
    now = await uow.now()
    approval = Approval(
        batch_id=batch.id,
        approval_no=len(given) + 1,
        actor=uow.principal.actor,
        role=batch.approval_roles[len(given)],
        digest=batch.digest,
        approved_at=now,
        district=batch.district,
    )
    uow.insert(approval)
    changes: dict[str, Any] = {"state": domain.next_state(batch.state, move).value}
    if move is Move.APPROVE:
        changes["approved_at"] = now
    uow.change(batch, move.value, **changes)
    uow.publish(facts.batch_approved(approval), about=batch)
    if move is Move.APPROVE:
        await _order_payments(batch, lines, now, uow)
    return batch


async def _order_payments(batch: Batch, lines: Sequence[BatchLine], now: datetime, uow: UnitOfWork) -> None:
    books = await books_of(batch, uow)
    for line in lines:
        payment = Payment(
            id=line.payment_id,
            correlation_id=line.case_correlation_id,
            district=batch.district,
            state=PaymentState.ORDERED.value,
            batch_id=batch.id,
            line_no=line.line_no,
            entitlement_id=line.entitlement_id,
            case_id=line.case_id,
            account_reference=line.account_reference,
            amount_rupiah=line.amount_rupiah,
        )
        uow.create(payment, "order")
    await post_entry(
        PostEntry(
            kind=EntryKind.OBLIGATION,
            about=batch.id,
            district=batch.district,
            batch_id=batch.id,
            payment_id=None,
            lines=moved(
                Money(batch.total_rupiah),
                debit=books.programme.expense_account,
                credit=books.programme.payable_account,
            ),
            chart=books.chart,
            happened_at=now,
        ),
        uow,
    )
    wake(batch, uow)


def wake(batch: Batch, uow: UnitOfWork) -> None:
    """Tell the batch's workflow to look at the rows, starting it when it does not run."""
    uow.signal(
        "PaymentBatchWorkflow",
        f"batch:{batch.id}",
        "batch_changed",
        BatchChanged(),
        start=PaymentBatchStart(batch_id=batch.id, district=batch.district),
        about=batch,
    )


@dataclass(frozen=True, slots=True)
class RejectBatch:
    """An approver refuses the list."""

    batch_id: UUID
    expected_version: int
    reason_code: str


async def reject_batch(command: RejectBatch, uow: UnitOfWork) -> Batch:
    """Refuse a list; its entitlements are free for another one.

    Raises ``NotFound``, ``StaleVersion``, ``BatchCannotMove``, ``ProposerCannotApprove``.
    """
    batch = await uow.locked(Batch, command.batch_id, command.expected_version)
    state = domain.check_rejection(state=batch.state, actor=uow.principal.actor, proposer=batch.proposed_by)
    uow.change(batch, "reject", reason=command.reason_code, state=state.value, reason_code=command.reason_code)
    await release_from_batch(batch.id, command.reason_code, uow)
    uow.publish(facts.batch_rejected(batch, command.reason_code), about=batch)
    return batch


async def read_batch(batch_id: UUID, uow: UnitOfWork) -> BatchReading:
    """What the rows say has to happen next."""
    batch = await uow.locked(Batch, batch_id)
    return await _reading(batch, uow)


async def _reading(batch: Batch, uow: UnitOfWork) -> BatchReading:
    waits = (await pack_in_force(uow, batch.district)).statement_waits
    return BatchReading(
        is_to_be_sent=batch.state == BatchState.APPROVED,
        is_awaiting_statement=batch.state == BatchState.SENT,
        first_wait=waits.first,
        longest_wait=waits.longest,
    )


async def record_sent(batch_id: UUID, file_digest: str, uow: UnitOfWork) -> BatchReading:
    """The bank has the file: the batch is sent and every payment on it instructed. Said twice, it counts once."""
    batch = await uow.locked(Batch, batch_id)
    if batch.state == BatchState.APPROVED:
        state = domain.next_state(batch.state, Move.SEND)
        uow.change(batch, "send", state=state.value, file_digest=file_digest, sent_at=await uow.now())
        uow.publish(facts.batch_sent(batch, file_digest), about=batch)
        for payment in await repository.locked_payments(uow, batch_id):
            instructed = domain.next_payment_state(payment.state, "instruct")
            uow.change(payment, "instruct", state=instructed.value)
            uow.publish(facts.payment_instructed(payment), about=payment)
    return await _reading(batch, uow)


async def send_again(batch_id: UUID, reason_code: str, uow: UnitOfWork) -> None:
    """The bank refused the file and somebody saw to it: the workflow tries once more."""
    batch = await uow.locked(Batch, batch_id)
    uow.change(batch, "send_again", reason=reason_code)
    wake(batch, uow)


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


async def reverse_obligation(payment_id: UUID, move: entitlements.Move, reason_code: str, uow: UnitOfWork) -> None:
    """A returned payment will not be made: take its obligation back, and renew or end the entitlement."""
    payment = await uow.locked(Payment, payment_id)
    books = await books_of(await uow.locked(Batch, payment.batch_id), uow)
    await settle_entitlement(payment.entitlement_id, move, reason_code, uow)
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
    return await _reading(batch, uow)


async def rearm_batches(uow: UnitOfWork) -> int:
    """Signal the workflow of every batch that is not finished; those that run just look again. Returns how many."""
    rows = await repository.open_batches(uow)
    for batch in rows:
        wake(batch, uow)
    return len(rows)
