"""Deciding on a list: approvals bound to its digest, the last of which orders the payments, or a refusal."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.chassis.database import UnitOfWork
from services.disbursement.batches import domain, facts, repository
from services.disbursement.batches.commands.lists import book_obligation, cancel_orders, digest_of
from services.disbursement.batches.commands.sending import wake
from services.disbursement.batches.domain import Given, Move, PaymentState
from services.disbursement.batches.tables import Approval, Batch, BatchLine, Payment
from services.disbursement.entitlements.commands import (
    entitlements_of_batch,
    not_the_one,
    one_list_at_a_time,
    release_from_batch,
)
from services.disbursement.ledger.domain import EntryKind


@dataclass(frozen=True, slots=True)
class ApproveBatch:
    """One person's yes to the list with this digest; ``expected_version`` is what they saw."""

    batch_id: UUID
    digest: str
    expected_version: int


async def approve_batch(command: ApproveBatch, uow: UnitOfWork) -> Batch:
    """Write an approval; the last one that is needed posts the obligation and starts the payment.

    Raises ``NotFound``, ``StaleVersion``, ``BatchCannotMove``, ``ProposerCannotApprove``, ``AlreadyApprovedByYou``,
    ``ApprovalNeedsOtherRole``, ``ListPaysOnePersonTwice``, ``ApprovalIsForOtherList``.
    """
    batch = await uow.locked(Batch, command.batch_id, command.expected_version)
    given = await repository.approvals(uow, batch)
    move = domain.check_approval(
        state=batch.state,
        actor=uow.principal.actor,
        roles=uow.principal.roles,
        proposer=batch.proposed_by,
        needed=batch.approval_roles,
        given=[Given(approval.actor, approval.role) for approval in given],
    )
    lines = await repository.lines(uow, batch.id)
    await one_list_at_a_time(batch.district, batch.programme_code, uow)
    doubled = await not_the_one(await entitlements_of_batch(batch.id, uow), uow)
    if doubled:
        raise domain.ListPaysOnePersonTwice(
            lines=[str(line.line_no) for line in lines if line.entitlement_id in doubled]
        )
    if command.digest != batch.digest or digest_of(batch.programme_code, lines) != batch.digest:
        raise domain.ApprovalIsForOtherList
    now = await uow.now()
    approval = Approval(
        batch_id=batch.id,
        revision=batch.revision,
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
        await _order_payments(batch, lines, uow)
    return batch


async def _order_payments(batch: Batch, lines: Sequence[BatchLine], uow: UnitOfWork) -> None:
    ordered = {payment.id for payment in await repository.locked_payments(uow, batch.id)}
    for line in lines:
        if line.payment_id in ordered:
            continue
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
            owed_rupiah=line.amount_rupiah,
        )
        uow.create(payment, "order")
    await book_obligation(batch, EntryKind.OBLIGATION, uow)
    wake(batch, uow)


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
    was_ordered = await cancel_orders(batch.id, command.reason_code, uow)
    await release_from_batch(batch.id, command.reason_code, was_ordered, uow)
    uow.publish(facts.batch_rejected(batch, command.reason_code), about=batch)
    return batch
