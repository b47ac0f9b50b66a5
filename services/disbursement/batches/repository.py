"""Every query on batches, approvals and payments."""

from collections.abc import Collection
from uuid import UUID

import asyncpg
from sqlmodel import col, select

from services.chassis.database import Gauge, ReadSession, UnitOfWork, with_states
from services.disbursement.batches.domain import UNFINISHED, UNSETTLED, PaymentState
from services.disbursement.batches.tables import Approval, Batch, BatchLine, LineTakenOff, Payment


async def one(reading: ReadSession, batch_id: UUID) -> Batch | None:
    """One batch within the caller's scope."""
    return await reading.first(select(Batch).where(Batch.id == batch_id))


async def page(reading: ReadSession, after: UUID | None, limit: int, state: str | None) -> list[Batch]:
    """Batches by id, which is by time of proposal, after a cursor."""
    query = select(Batch).order_by(col(Batch.id)).limit(limit)
    if after is not None:
        query = query.where(col(Batch.id) > after)
    if state is not None:
        query = query.where(Batch.state == state)
    return await reading.all(query)


async def lines(source: UnitOfWork | ReadSession, batch_id: UUID) -> list[BatchLine]:
    """The frozen list as it stands: without what was taken off."""
    off = select(LineTakenOff.line_no).where(LineTakenOff.batch_id == batch_id)
    return await source.all(
        select(BatchLine)
        .where(BatchLine.batch_id == batch_id, col(BatchLine.line_no).not_in(off))
        .order_by(col(BatchLine.line_no))
    )


async def lines_taken_off(source: UnitOfWork | ReadSession, batch_id: UUID) -> list[LineTakenOff]:
    """What left the list, and why."""
    return await source.all(
        select(LineTakenOff).where(LineTakenOff.batch_id == batch_id).order_by(col(LineTakenOff.line_no))
    )


async def approvals(source: UnitOfWork | ReadSession, batch: Batch) -> list[Approval]:
    """The approvals given to the list as it stands, in order."""
    return await source.all(
        select(Approval)
        .where(Approval.batch_id == batch.id, Approval.revision == batch.revision)
        .order_by(col(Approval.approval_no))
    )


async def payments(reading: ReadSession, batch_id: UUID) -> list[Payment]:
    """The payments of a batch, in the list's order."""
    return await reading.all(select(Payment).where(Payment.batch_id == batch_id).order_by(col(Payment.line_no)))


async def locked_payments(uow: UnitOfWork, batch_id: UUID) -> list[Payment]:
    """The payments of a batch that were not withdrawn, locked, in the list's order."""
    return await uow.all(
        select(Payment)
        .where(Payment.batch_id == batch_id, Payment.state != PaymentState.CANCELLED.value)
        .order_by(col(Payment.line_no))
        .with_for_update()
    )


async def of_ids(uow: UnitOfWork, batch_ids: Collection[UUID]) -> list[Batch]:
    """Some batches; whoever decides by their state locks each anew."""
    return await uow.all(select(Batch).where(col(Batch.id).in_(batch_ids))) if batch_ids else []


async def payment_of(uow: UnitOfWork, entitlement_id: UUID) -> UUID | None:
    """The payment of an entitlement that is on its way or credited."""
    gone = [PaymentState.CANCELLED.value, PaymentState.FAILED.value]
    found = await uow.scalars(
        select(Payment.id).where(Payment.entitlement_id == entitlement_id, col(Payment.state).not_in(gone)).limit(1)
    )
    return found[0] if found else None


async def open_batches(uow: UnitOfWork) -> list[Batch]:
    """Batches whose workflow has something to do: what ``reconcile`` re-arms."""
    states = [state.value for state in UNFINISHED]
    return await uow.all(select(Batch).where(col(Batch.state).in_(states)).order_by(col(Batch.id)))


_OPEN = with_states("SELECT count(*) FROM batches WHERE state IN {unfinished}", unfinished=UNFINISHED)
_UNSETTLED = with_states(
    "SELECT coalesce(sum(amount_rupiah), 0) FROM payments WHERE state IN {unsettled}", unsettled=UNSETTLED
)


async def gauges(pool: asyncpg.Pool) -> list[Gauge]:
    """Lists that are not settled, and what is owed by them."""
    return [
        ("sigap_batches_open", {}, float(await pool.fetchval(_OPEN))),
        ("sigap_payments_unsettled_rupiah", {}, float(await pool.fetchval(_UNSETTLED))),
    ]
