"""Every query on messages and the facts they need."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import asyncpg
from sqlmodel import col, select

from services.chassis.database import Gauge, ReadSession, UnitOfWork, with_states
from services.notifications.messages.domain import OPEN, MessageState
from services.notifications.messages.tables import CaseNumber, DueMessage, Message, MessagePin, ReportSource


async def known_ids(uow: UnitOfWork, ids: Sequence[UUID]) -> set[UUID]:
    """Which of these messages there are already."""
    return set(await uow.scalars(select(Message.id).where(col(Message.id).in_(ids))))


NEXT_DUE = "SELECT min(due_at) FROM due_messages"

_CLAIM = """
    UPDATE due_messages d SET due_at = now() + CAST(:lease AS interval), tries = tries + 1
    FROM (SELECT message_id FROM due_messages WHERE due_at <= now() ORDER BY due_at, message_id LIMIT :rows
          FOR UPDATE SKIP LOCKED) c
    WHERE d.message_id = c.message_id RETURNING d.message_id
"""


async def claim_due(uow: UnitOfWork, rows: int, lease: timedelta) -> list[UUID]:
    """Take messages that are due, the oldest first, until the end of a lease."""
    found = await uow.rows(_CLAIM, rows=rows, lease=lease)
    return [row["message_id"] for row in found]


async def locked_due(uow: UnitOfWork, ids: Sequence[UUID]) -> dict[UUID, DueMessage]:
    """The instants of messages, locked until the commit; whoever locks messages as well locks these first."""
    query = select(DueMessage).where(col(DueMessage.message_id).in_(ids)).order_by(col(DueMessage.message_id))
    return {row.message_id: row for row in await uow.all(query.with_for_update())}


async def locked_messages(uow: UnitOfWork, ids: Sequence[UUID]) -> list[Message]:
    """Messages, locked until the commit."""
    return await uow.all(select(Message).where(col(Message.id).in_(ids)).order_by(col(Message.id)).with_for_update())


_LOOK_AT_WAITING = with_states("""
    UPDATE due_messages SET due_at = now() WHERE message_id IN (
        SELECT d.message_id FROM due_messages d JOIN messages m ON m.id = d.message_id
        WHERE m.correlation_id = :correlation_id AND m.state = {pending} AND m.body = ''
        ORDER BY d.message_id FOR UPDATE OF d) RETURNING message_id
""", pending=MessageState.PENDING)  # fmt: skip


async def look_at_waiting(uow: UnitOfWork, correlation_id: UUID) -> bool:
    """Make due what waits for a fact of a case; whether there was anything."""
    return bool(await uow.rows(_LOOK_AT_WAITING, correlation_id=correlation_id))


async def look_at_all(uow: UnitOfWork) -> None:
    """Make everything due that has not ended."""
    await uow.execute("UPDATE due_messages SET due_at = now() WHERE due_at > now()")


_REARM = with_states("""
    INSERT INTO due_messages (message_id, district, due_at, tries, traceparent)
    SELECT id, district, now(), 1, '' FROM messages WHERE state IN {open} ORDER BY id
    ON CONFLICT (message_id) DO UPDATE SET due_at = now(), tries = greatest(due_messages.tries, 1)
    RETURNING message_id
""", open=OPEN)  # fmt: skip


async def rearm(uow: UnitOfWork) -> int:
    """Give every message that has not ended its instant again: now, and not as a first try. Returns how many."""
    return len(await uow.rows(_REARM))


async def case_numbers(uow: UnitOfWork, correlation_ids: Sequence[UUID]) -> dict[UUID, CaseNumber]:
    """What we know of cases."""
    rows = await uow.all(select(CaseNumber).where(col(CaseNumber.correlation_id).in_(correlation_ids)))
    return {row.correlation_id: row for row in rows}


async def report_sources(uow: UnitOfWork, correlation_ids: Sequence[UUID]) -> dict[UUID, ReportSource]:
    """What we know of reports."""
    rows = await uow.all(select(ReportSource).where(col(ReportSource.correlation_id).in_(correlation_ids)))
    return {row.correlation_id: row for row in rows}


async def sealed_pins(uow: UnitOfWork, ids: Sequence[UUID]) -> dict[UUID, str]:
    """The PINs that messages take along."""
    rows = await uow.all(select(MessagePin).where(col(MessagePin.message_id).in_(ids)))
    return {row.message_id: row.sealed_pin for row in rows}


async def forget_pins(uow: UnitOfWork, ids: Sequence[UUID]) -> None:
    """These messages have gone."""
    await uow.execute("DELETE FROM message_pins WHERE message_id = ANY(CAST(:ids AS uuid[]))", ids=list(ids))


async def forget_due(uow: UnitOfWork, ids: Sequence[UUID]) -> None:
    """These messages have ended."""
    await uow.execute("DELETE FROM due_messages WHERE message_id = ANY(CAST(:ids AS uuid[]))", ids=list(ids))


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


_DUE = """
    SELECT count(*) AS count, coalesce(extract(epoch FROM now() - min(due_at)), 0)::float AS oldest
    FROM due_messages WHERE due_at <= now()
"""


async def gauges(pool: asyncpg.Pool) -> list[Gauge]:
    """Open messages with the oldest of them, what is due and not taken up, and how many failed in a day."""
    rows = await pool.fetch(_OPEN)
    due = await pool.fetchrow(_DUE)
    found = [("sigap_messages_open", {"state": row["state"]}, float(row["count"])) for row in rows]
    found += [("sigap_messages_oldest_seconds", {"state": row["state"]}, row["oldest"]) for row in rows]
    found += [("sigap_messages_due", {}, float(due["count"])), ("sigap_messages_due_oldest_seconds", {}, due["oldest"])]
    return [*found, ("sigap_messages_failed_day", {}, float(await pool.fetchval(_FAILED)))]
