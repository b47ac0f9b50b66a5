"""Every query on messages and the facts they need."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg
from sqlmodel import col, select

from services.chassis.database import Gauge, ReadSession, UnitOfWork, with_states
from services.notifications.messages.domain import OPEN, MessageState
from services.notifications.messages.tables import CaseNumber, Message, ReportSource


async def known_ids(uow: UnitOfWork, ids: Sequence[UUID]) -> set[UUID]:
    """Which of these messages there are already."""
    return set(await uow.scalars(select(Message.id).where(col(Message.id).in_(ids))))


async def case_number(uow: UnitOfWork, correlation_id: UUID) -> CaseNumber | None:
    """What we know of a case."""
    return await uow.first(select(CaseNumber).where(CaseNumber.correlation_id == correlation_id))


async def report_source(uow: UnitOfWork, correlation_id: UUID) -> ReportSource | None:
    """What we know of a report."""
    return await uow.first(select(ReportSource).where(ReportSource.correlation_id == correlation_id))


async def sealed_pin(uow: UnitOfWork, message_id: UUID) -> str | None:
    """The PIN that a message takes along."""
    found = await uow.execute("SELECT sealed_pin FROM message_pins WHERE message_id = :id", id=message_id)
    sealed: str | None = found.scalar_one_or_none()
    return sealed


async def forget_pin(uow: UnitOfWork, message_id: UUID) -> None:
    """The message has gone, or never will."""
    await uow.execute("DELETE FROM message_pins WHERE message_id = :id", id=message_id)


async def what_keeps_open(case_id: UUID, correlation_id: UUID, uow: UnitOfWork) -> Sequence[str]:
    """What of a case keeps it from closing here: a message that no gateway has taken yet.

    One that was taken but not reported as delivered keeps nothing open.
    """
    found = await uow.scalars(
        select(Message.id)
        .where(Message.correlation_id == correlation_id, Message.state == MessageState.PENDING.value)
        .limit(1)
    )
    return ["MESSAGE_NOT_SENT"] if found else []


async def open_messages(uow: UnitOfWork) -> list[Message]:
    """Messages whose workflow has something to do: what ``reconcile`` re-arms."""
    states = [state.value for state in OPEN]
    return await uow.all(select(Message).where(col(Message.state).in_(states)).order_by(col(Message.id)))


async def one(reading: ReadSession, message_id: UUID) -> Message | None:
    """One message within the caller's scope."""
    return await reading.first(select(Message).where(Message.id == message_id))


async def page(
    reading: ReadSession, after: UUID | None, limit: int, state: str | None, case_id: UUID | None
) -> list[Message]:
    """Messages by id after a cursor."""
    query = select(Message).order_by(col(Message.id)).limit(limit)
    if after is not None:
        query = query.where(col(Message.id) > after)
    if state is not None:
        query = query.where(Message.state == state)
    if case_id is not None:
        query = query.where(Message.case_id == case_id)
    return await reading.all(query)


_OPEN = with_states("""
    SELECT state, count(*) AS count, coalesce(extract(epoch FROM now() - min(recorded_at)), 0)::float AS oldest
    FROM messages WHERE state IN {open} GROUP BY state
""", open=OPEN)  # fmt: skip
_FAILED = with_states(
    "SELECT count(*) FROM messages WHERE state = {failed} AND ended_at > now() - interval '1 day'",
    failed=MessageState.FAILED,
)


async def gauges(pool: asyncpg.Pool) -> list[Gauge]:
    """Open messages with the oldest of them, and how many failed in a day."""
    rows = await pool.fetch(_OPEN)
    found = [("sigap_messages_open", {"state": row["state"]}, float(row["count"])) for row in rows]
    found += [("sigap_messages_oldest_seconds", {"state": row["state"]}, row["oldest"]) for row in rows]
    return [*found, ("sigap_messages_failed_day", {}, float(await pool.fetchval(_FAILED)))]
