"""The list of a batch as it stands now: its lines, its digest, what is booked for it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from contracts.values import Money
from services.chassis.database import UnitOfWork
from services.disbursement.batches import domain, facts, repository
from services.disbursement.batches.domain import BatchState, ListLine, Move, PaymentState
from services.disbursement.batches.tables import Batch, BatchLine, LineTakenOff
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


def digest_of(programme_code: str, lines: Sequence[BatchLine]) -> str:
    """The digest that approvers of these lines give their yes to."""
    return domain.list_digest(
        programme_code,
        [ListLine(line.line_no, line.entitlement_id, line.payment_id, line.amount_rupiah) for line in lines],
    )


async def book_obligation(batch: Batch, kind: EntryKind, uow: UnitOfWork) -> None:
    """Bring what a revision of the list obliges us to pay to the books, or take it back (``REVERSAL``)."""
    books = await books_of(batch, uow)
    expense, payable = books.programme.expense_account, books.programme.payable_account
    is_taken_back = kind is EntryKind.REVERSAL
    await post_entry(
        PostEntry(
            kind=kind,
            about=domain.revision_id(batch.id, batch.revision),
            district=batch.district,
            batch_id=batch.id,
            payment_id=None,
            lines=moved(
                Money(batch.total_rupiah),
                debit=payable if is_taken_back else expense,
                credit=expense if is_taken_back else payable,
            ),
            chart=books.chart,
            happened_at=await uow.now(),
        ),
        uow,
    )


async def take_off_list(batch: Batch, entitlement_ids: Collection[UUID], reason_code: str, uow: UnitOfWork) -> bool:
    """Take lines off a locked list that is not with the bank; says whether their payments had been ordered.

    What is left is another list under another digest: every approval lapses and it is proposed anew. An approved
    list's obligation is taken back. Nothing left dissolves it. Raises ``BatchCannotMove``.
    """
    lines = await repository.lines(uow, batch.id)
    left = [line for line in lines if line.entitlement_id not in entitlement_ids]
    move = Move.REVISE if left else Move.DISSOLVE
    state = domain.next_state(batch.state, move)
    if batch.state == BatchState.APPROVED:
        await book_obligation(batch, EntryKind.REVERSAL, uow)
    revision, now = batch.revision + 1, await uow.now()
    uow.insert(
        *(
            LineTakenOff(
                batch_id=batch.id,
                line_no=line.line_no,
                revision=revision,
                reason_code=reason_code,
                taken_off_at=now,
                district=batch.district,
            )
            for line in lines
            if line.entitlement_id in entitlement_ids
        )
    )
    was_ordered = await cancel_orders(batch.id, reason_code, uow, only=entitlement_ids)
    if not left:
        uow.change(batch, move.value, reason=reason_code, state=state.value, reason_code=reason_code)
        uow.publish(facts.batch_rejected(batch, reason_code), about=batch)
        return was_ordered
    uow.change(
        batch,
        move.value,
        reason=reason_code,
        state=state.value,
        revision=revision,
        items=len(left),
        total_rupiah=int(Money.total(Money(line.amount_rupiah) for line in left)),
        digest=digest_of(batch.programme_code, left),
        approved_at=None,
    )
    uow.publish(facts.batch_revised(batch, reason_code), about=batch)
    return was_ordered


async def cancel_orders(
    batch_id: UUID, reason_code: str, uow: UnitOfWork, *, only: Collection[UUID] | None = None
) -> bool:
    """Withdraw payments that were ordered and never reached the bank; says whether there were any."""
    found = [
        payment
        for payment in await repository.locked_payments(uow, batch_id)
        if payment.state == PaymentState.ORDERED and (only is None or payment.entitlement_id in only)
    ]
    for payment in found:
        state = domain.next_payment_state(payment.state, "cancel")
        uow.change(payment, "cancel", reason=reason_code, state=state.value, reason_code=reason_code)
    return bool(found)
