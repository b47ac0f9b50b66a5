"""Consuming once: the inbox, and the place aside for what cannot be handled.

A fact is applied in the transaction that remembers its id, so a redelivery finds it done. What fails for its content
twice is set aside with its error, and later messages of the same publisher and key wait behind it so that their order
holds; every other key goes on. People mend, replay or drop dead letters; the consumer drains them.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from enum import StrEnum
from typing import Any

from opentelemetry import trace
from opentelemetry.propagate import extract
from opentelemetry.trace import SpanKind

from contracts.envelope import Envelope, EnvelopeIsInvalid, Event
from contracts.topics import event_class, topic_of
from services.chassis.database import Cause, Guard, GuardIsSpent, UnitOfWork, Units, is_transient, with_states
from services.chassis.errors import SigapError
from services.chassis.principal import Principal
from services.chassis.records import (
    BodyIsNotTheEvent,
    EnvelopeIsNotReadable,
    Record,
    headers_from_json,
    headers_to_json,
    read,
)
from services.chassis.telemetry import CASE_ID, EVENT_TYPE, log, meter, where

Handler = Callable[[Any, Envelope, UnitOfWork], Awaitable[None]]
Subscriptions = Mapping[str, Handler]

QUICK_TRIES = 2


class DeadLetterState(StrEnum):
    """Where a message stands that was set aside; ``BLOCKED``: it only waits for an earlier one."""

    DEAD = "dead"
    BLOCKED = "blocked"
    REPLAY = "replay"
    DONE = "done"
    DROPPED = "dropped"


OPEN = (DeadLetterState.DEAD, DeadLetterState.BLOCKED, DeadLetterState.REPLAY)
OPEN_STATES = with_states("{states}", states=OPEN)
TO_TRY_STATES = with_states("{states}", states=(DeadLetterState.REPLAY, DeadLetterState.BLOCKED))
"""Those whose turn waits for no instant."""

_tracer = trace.get_tracer("sigap.inbox")
_skipped = meter.create_counter("sigap_messages_skipped", description="Messages of unknown types or newer versions")
_consumed = meter.create_counter("sigap_messages_consumed", description="Facts applied")
_dead_lettered = meter.create_counter("sigap_messages_dead_lettered", description="Messages set aside")


class Inbox:
    """Applies records to one service, once each, in order per key."""

    def __init__(
        self, units: Units, subscriptions: Subscriptions, principal: Principal, *, first_retry_seconds: int = 30
    ) -> None:
        self._units = units
        self._subscriptions = subscriptions
        self._principal = principal
        self._first_retry_seconds = first_retry_seconds

    async def hear(self, record: Record) -> str:
        """Handle one record to its end: ``applied``, ``duplicate``, ``skipped`` or ``set-aside``.

        Never raises for the content of a message. Raises when the infrastructure is at fault or somebody else holds
        the rows: the caller waits and gives the same record again.
        """
        kind = record.event_type
        handler = self._subscriptions.get(kind)
        if kind and handler is None:
            _skipped.add(1, {EVENT_TYPE: kind if event_class(kind) else "unknown"})
            return "skipped"
        if record.body is None:
            _skipped.add(1, {EVENT_TYPE: "tombstone"})
            return "skipped"
        error: Exception = EnvelopeIsNotReadable()
        for quick_try in range(QUICK_TRIES):
            try:
                envelope, fact = read(record)
                assert handler is not None
                return await self._apply(record, envelope, fact, handler)
            except Exception as caught:
                if is_transient(caught):
                    raise
                error = caught
                if isinstance(caught, BodyIsNotTheEvent | EnvelopeIsNotReadable):
                    break
                await asyncio.sleep(0.02 * (quick_try + 1))
        await self._set_aside(record, error)
        return "set-aside"

    async def _apply(self, record: Record, envelope: Envelope, fact: Event, handler: Handler) -> str:
        trace.get_current_span().set_attributes({EVENT_TYPE: envelope.type, CASE_ID: str(envelope.correlationid)})
        while True:
            try:
                await self._units.perform(
                    lambda uow: handler(fact, envelope, uow),
                    principal=self._principal,
                    guard=guard_of(envelope, record, blocked_only=True),
                    cause=Cause(causation_id=envelope.id),
                )
            except GuardIsSpent:
                is_known, is_blocked = await self._why_not(record, envelope)
                if is_known:
                    return "duplicate"
                if is_blocked:
                    await self._set_aside(record, None)
                    return "set-aside"
                # What it stood behind was resolved between the guard and the question: its turn has come.
                continue
            _consumed.add(1, {EVENT_TYPE: envelope.type})
            return "applied"

    async def _why_not(self, record: Record, envelope: Envelope) -> tuple[bool, bool]:
        """Whether a record was dealt with before, applied or set aside, and whether its key is blocked."""
        is_compacted = topic_of(envelope.type).cleanup == "compact"
        applied = (
            "SELECT 1 FROM inbox_subjects WHERE event_type = $6 AND subject = $7 AND sequence >= $8"
            if is_compacted
            else "SELECT 1 FROM inbox WHERE fact_id = $6"
        )
        found = await self._units.pool.fetchrow(
            f"SELECT EXISTS ({applied}) OR EXISTS (SELECT 1 FROM dead_letters"
            " WHERE topic = $3 AND partition = $4 AND record_offset = $5) AS is_known, EXISTS ("
            f"SELECT 1 FROM dead_letters WHERE owner = $1 AND key = $2 AND state IN {OPEN_STATES}) AS is_blocked",
            record.owner,
            record.ordering_key,
            record.topic,
            record.partition,
            record.offset,
            *([envelope.type, str(envelope.subject), envelope.sequence] if is_compacted else [envelope.factid]),
        )
        return found["is_known"], found["is_blocked"]

    async def _set_aside(self, record: Record, error: Exception | None) -> None:
        """Set a record aside: with its error, or (without one) waiting behind an earlier one of its key."""
        envelope = _envelope_or_none(record)
        context = trace.get_current_span().get_span_context()
        hopeless = isinstance(error, BodyIsNotTheEvent | EnvelopeIsNotReadable)
        await self._units.pool.execute(
            """
            INSERT INTO dead_letters (district, owner, key, topic, partition, record_offset, fact_id, event_type,
            headers,
                body, state, error_code, error_text, tries, trace_id, next_try_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9::json, $10, $11, $12, $13, $14, $15,
                CASE WHEN $16::int > 0 THEN now() + $16 * interval '1 second' END)
            ON CONFLICT (topic, partition, record_offset) DO NOTHING
            """,
            str(envelope.district) if envelope else "",
            record.owner,
            record.ordering_key,
            record.topic,
            record.partition,
            record.offset,
            envelope.factid if envelope else None,
            record.event_type or None,
            headers_to_json(record.headers),
            record.body,
            "blocked" if error is None else "dead",
            code_of(error) if error else None,
            explain(error) if error else None,
            0 if error is None else QUICK_TRIES,
            f"{context.trace_id:032x}" if context.is_valid else None,
            0 if error is None or hopeless else self._first_retry_seconds,
        )
        _dead_lettered.add(1, {EVENT_TYPE: record.event_type or "unknown"})
        log().warning(
            "message_dead_lettered",
            topic=record.topic,
            partition=record.partition,
            offset=record.offset,
            event_type=record.event_type,
            case_id=str(envelope.correlationid) if envelope else None,
            error=code_of(error) if error else "blocked_only",
            error_at=where(error) if error else "",
        )

    async def drain(self) -> int:
        """Handle dead letters whose turn it is; returns how many were handled well.

        The turn of a key belongs to its earliest open message: when people marked it for replay, when its time to try
        again has come, or when it only waited for an earlier one that is resolved.
        """
        handled = 0
        blocked: set[int] = set()
        while True:
            row = await self._units.pool.fetchrow(
                f"""
                SELECT p.* FROM dead_letters p
                WHERE state IN {OPEN_STATES} AND p.id <> ALL($1::bigint[])
                  AND (state IN {TO_TRY_STATES} OR next_try_at <= now())
                  AND NOT EXISTS (SELECT 1 FROM dead_letters e WHERE e.owner = p.owner AND e.key = p.key AND e.id < p.id
                                  AND e.state IN {OPEN_STATES})
                ORDER BY p.id LIMIT 1
                """,
                list(blocked),
            )
            if row is None:
                return handled
            if await self._retry(row):
                handled += 1
            else:
                blocked.add(row["id"])

    async def _retry(self, row: Any) -> bool:
        record = Record(
            row["topic"],
            row["partition"],
            row["record_offset"],
            row["key"].encode(),
            headers_from_json(row["headers"]),
            row["body"],
        )

        async def apply(uow: UnitOfWork) -> bool:
            mine = await uow.execute(
                "UPDATE dead_letters SET state = 'done', decided_at = now(), tries = tries + 1, version = version + 1"
                f" WHERE id = :id AND version = :version AND state IN {OPEN_STATES} RETURNING id",
                id=row["id"],
                version=row["version"],
            )
            if mine.first() is None:
                return False
            envelope, fact = read(record)
            handler = self._subscriptions.get(envelope.type)
            if handler is None:
                # A release that was taken back must leave it for the next one: remembered here, it would be lost.
                raise BodyIsNotTheEvent(fields=("type",))
            sql, values = _guard_inside(envelope, record)
            seen = await uow.execute(sql, **values)
            if seen.first() is not None:
                await handler(fact, envelope, uow)
            return True

        headers = dict(record.headers)
        context = _context_of(headers)
        with _tracer.start_as_current_span("dead letter process", context=context, kind=SpanKind.CONSUMER):
            try:
                return await self._units.perform(apply, principal=self._principal, cause=_cause_of(record))
            except Exception as error:
                if is_transient(error):
                    raise
                hopeless = isinstance(error, BodyIsNotTheEvent | EnvelopeIsNotReadable)
                await self._units.pool.execute(
                    """
                    UPDATE dead_letters SET state = 'dead', tries = tries + 1, error_code = $2, error_text = $3,
                        version = version + 1,
                        next_try_at = CASE WHEN $5 OR tries >= 12 THEN NULL
                            ELSE now() + least($4 * power(2, tries), 21600) * interval '1 second' END
                    WHERE id = $1 AND version = $6
                    """,
                    row["id"],
                    code_of(error),
                    explain(error),
                    self._first_retry_seconds,
                    hopeless,
                    row["version"],
                )
                return False


def guard_of(envelope: Envelope, record: Record, *, blocked_only: bool) -> Guard:
    """What makes hearing repeat-safe: the fact's id, or on a compacted topic the subject's highest sequence."""
    unblocked = (
        f" WHERE NOT EXISTS (SELECT 1 FROM dead_letters WHERE owner = $4 AND key = $5 AND state IN {OPEN_STATES})"
        if blocked_only
        else ""
    )
    key = [record.owner, record.ordering_key] if blocked_only else []
    district = str(envelope.district)
    if topic_of(envelope.type).cleanup == "compact":
        sequence = f"${len(key) + 4}"
        return Guard(
            "INSERT INTO inbox_subjects AS i (event_type, subject, district, sequence)"
            f" SELECT $1::text, $2::text, $3::text, {sequence}::bigint{unblocked}"
            " ON CONFLICT (event_type, subject) DO UPDATE SET sequence = excluded.sequence, received_at = now()"
            " WHERE i.sequence < excluded.sequence RETURNING 1",
            [envelope.type, str(envelope.subject), district, *key, envelope.sequence],
        )
    return Guard(
        f"INSERT INTO inbox (fact_id, event_type, district) SELECT $1::uuid, $2::text, $3::text{unblocked}"
        " ON CONFLICT DO NOTHING RETURNING 1",
        [envelope.factid, envelope.type, district, *key],
    )


def _guard_inside(envelope: Envelope, record: Record) -> tuple[str, dict[str, Any]]:
    """The same guard as a statement with named values, for use inside a running transaction."""
    guard = guard_of(envelope, record, blocked_only=False)
    sql = guard.sql
    for number in range(len(guard.values), 0, -1):
        sql = sql.replace(f"${number}::", f"CAST(:v{number} AS ").replace(f"${number}", f":v{number}")
    for kind in ("uuid", "text", "bigint"):
        sql = sql.replace(f"AS {kind}", f"AS {kind})")
    return sql, {f"v{number}": value for number, value in enumerate(guard.values, 1)}


def _envelope_or_none(record: Record) -> Envelope | None:
    try:
        return Envelope.from_headers(record.headers)
    except EnvelopeIsInvalid:
        return None


def _cause_of(record: Record) -> Cause:
    envelope = _envelope_or_none(record)
    return Cause(causation_id=envelope.id if envelope else None)


def _context_of(headers: Mapping[str, bytes]) -> Any:
    return extract({"traceparent": headers.get("traceparent", b"").decode(errors="replace")})


def code_of(error: BaseException) -> str:
    """A stable code for a failure: ours, or the class name of somebody else's."""
    return error.code if isinstance(error, SigapError) else type(error).__name__


def explain(error: BaseException) -> str:
    """What an operator may read about a failure: our own text and field names, or only type and place."""
    if isinstance(error, SigapError):
        facts = "; ".join(f"{k}={','.join(v) if isinstance(v, tuple | list) else v}" for k, v in error.facts.items())
        return f"{error.text} {facts}".strip()
    return f"{type(error).__name__} at {where(error)}"
