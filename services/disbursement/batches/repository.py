"""Every query on batches, approvals and payments."""

from uuid import UUID

import asyncpg
from sqlmodel import col, select

from services.chassis.database import Gauge, ReadSession, UnitOfWork, with_states
from services.disbursement.batches.domain import UNFINISHED, UNSETTLED
from services.disbursement.batches.tables import Approval, Batch, BatchLine, Payment


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
    """The frozen list."""
    return await source.all(select(BatchLine).where(BatchLine.batch_id == batch_id).order_by(col(BatchLine.line_no)))


async def approvals(source: UnitOfWork | ReadSession, batch_id: UUID) -> list[Approval]:
    """The approvals given, in order."""
    return await source.all(select(Approval).where(Approval.batch_id == batch_id).order_by(col(Approval.approval_no)))


async def payments(reading: ReadSession, batch_id: UUID) -> list[Payment]:
    """The payments of a batch, in the list's order."""
    return await reading.all(select(Payment).where(Payment.batch_id == batch_id).order_by(col(Payment.line_no)))


async def locked_payments(uow: UnitOfWork, batch_id: UUID) -> list[Payment]:
    """The payments of a batch, locked, in the list's order."""
    return await uow.all(
        select(Payment).where(Payment.batch_id == batch_id).order_by(col(Payment.line_no)).with_for_update()
    )


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
