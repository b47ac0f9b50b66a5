"""Faulty variants: the product with one promise taken away, to see that the checkers catch it.

``python -m tests.support.faulty_variants answer-before-commit <part>`` runs intake so, or whose promise it is;
``broken("deaf-inbox")`` does it to the services of this process for the length of a block.
"""

import asyncio
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import asyncpg
import pytest
from aiokafka import ConsumerRecord
from aiokafka.structs import TopicPartition
from faststream.kafka import KafkaMessage

from services.chassis import inbox, outbox
from services.chassis.consumer import Consumer
from services.chassis.database import Guard, UnitOfWork, Units
from services.chassis.in_hand import InHand, Key, Taken
from services.chassis.inbox import Inbox
from services.chassis.kafka import KafkaTransport
from services.chassis.outbox import OutboxRow, Sent
from services.chassis.processes import main
from services.chassis.records import Record
from services.chassis.service import Service
from services.intake.wiring import SERVICE as INTAKE
from services.notifications.channels.adapter import Gateway
from services.notifications.wiring import SERVICE as NOTIFICATIONS

LATE_SECONDS = 1.5


def answer_before_commit(patch: pytest.MonkeyPatch) -> None:
    """A write is answered at once and committed a little later, if the process lives so long."""
    commit = UnitOfWork.commit
    release = UnitOfWork.release
    pending: set[asyncio.Task[None]] = set()

    async def later(uow: UnitOfWork, answer: Any) -> None:
        await asyncio.sleep(LATE_SECONDS)
        await commit(uow, answer)
        await release(uow)

    async def at_once(uow: UnitOfWork, answer: tuple[int, Any] | None) -> None:
        task = asyncio.create_task(later(uow, answer))
        pending.add(task)
        task.add_done_callback(pending.discard)

    async def kept(uow: UnitOfWork) -> None:
        """The late commit releases."""

    patch.setattr(UnitOfWork, "commit", at_once)
    patch.setattr(UnitOfWork, "release", kept)


def forget_request_keys(patch: pytest.MonkeyPatch) -> None:
    """A write forgets its idempotency key: the same request made again counts again."""
    perform = Units.perform

    async def without_guard(units: Units, work: Any, *, guard: Guard | None = None, **kept: Any) -> Any:
        answer = kept.pop("answer", None)
        result = await perform(units, work, **kept)
        if answer is not None:
            answer(result)
        return result

    patch.setattr(Units, "perform", without_guard)


def say_apart(patch: pytest.MonkeyPatch) -> None:
    """Rows are committed first, what they say is written down afterwards."""
    commit = UnitOfWork.commit

    async def in_two(uow: UnitOfWork, answer: tuple[int, Any] | None) -> None:
        said, uow._buffer.outbox = uow._buffer.outbox, []
        await commit(uow, answer)
        for exit_, key, target, body, headers, district, is_urgent in said:
            await uow._units.pool.execute(
                "INSERT INTO outbox (transport, key, target, body, headers, district, is_urgent)"
                " VALUES ($1, $2, $3, $4::text::json, $5::text::json, $6, $7)",
                exit_, key, target, body, headers, district, is_urgent,
            )  # fmt: skip

    patch.setattr(UnitOfWork, "commit", in_two)


def mark_before_sending(patch: pytest.MonkeyPatch) -> None:
    """The relay marks rows as sent, and sends them a moment later."""
    send = KafkaTransport.send

    async def marked_first(exit_: KafkaTransport, rows: Sequence[OutboxRow], connection: asyncpg.Connection) -> Sent:
        ids = [row.id for row in rows]
        await connection.execute("UPDATE outbox SET sent_at = now() WHERE id = ANY($1::bigint[])", ids)
        await asyncio.sleep(0.3)
        return await send(exit_, rows, connection)

    patch.setattr(KafkaTransport, "send", marked_first)


def deaf_inbox(patch: pytest.MonkeyPatch) -> None:
    """The inbox remembers nothing: a redelivered fact has its effect again."""
    patch.setattr(inbox, "guard_of", lambda envelope, record, *, blocked_only: Guard("SELECT 1", []))


def lose_poison(patch: pytest.MonkeyPatch) -> None:
    """What cannot be handled is passed over, as if it had never come."""

    async def forget(inbox: Inbox, record: Record, error: Exception | None) -> None:
        """Nothing is set aside."""

    patch.setattr(Inbox, "_set_aside", forget)


def stall_at_poison(patch: pytest.MonkeyPatch) -> None:
    """The whole consumer stands still before it sets a message aside."""
    hear, set_aside = Inbox.hear, Inbox._set_aside
    turn = asyncio.Lock()

    async def one_after_the_other(inbox: Inbox, record: Record) -> str:
        async with turn:
            return await hear(inbox, record)

    async def in_the_end(inbox: Inbox, record: Record, error: Exception | None) -> None:
        await asyncio.sleep(0 if error is None else LATE_SECONDS * 2)
        await set_aside(inbox, record, error)

    patch.setattr(Inbox, "hear", one_after_the_other)
    patch.setattr(Inbox, "_set_aside", in_the_end)


def commit_before_handling(patch: pytest.MonkeyPatch) -> None:
    """A member tells the broker that it handled a message, and handles it a little later."""
    hear = Consumer._consume
    pending: set[asyncio.Task[None]] = set()

    async def later(consumer: Consumer, message: KafkaMessage) -> None:
        await asyncio.sleep(LATE_SECONDS)
        await hear(consumer, message)

    async def told_first(consumer: Consumer, message: KafkaMessage) -> bool:
        await message.ack()
        task = asyncio.create_task(later(consumer, message))
        pending.add(task)
        task.add_done_callback(pending.discard)
        return True

    patch.setattr(Consumer, "_consume", told_first)


def hand_over_unasked(patch: pytest.MonkeyPatch) -> None:
    """A message is handed over on every try, as if it were the first."""
    send = Gateway.send

    async def as_the_first(gateway: Gateway, *message: Any, is_first_try: bool) -> Any:
        return await send(gateway, *message, is_first_try=True)

    patch.setattr(Gateway, "send", as_the_first)


def acknowledge_the_highest_finished(patch: pytest.MonkeyPatch) -> None:
    """What was finished is acknowledged, whatever before it is not."""
    finish = InHand._finish
    highest: dict[tuple[InHand, TopicPartition], int] = {}

    def noted(in_hand: InHand, taken: Taken, is_finished: bool) -> None:
        place = in_hand, taken.place
        highest[place] = max(highest.get(place, 0), taken.raw.offset + 1)
        finish(in_hand, taken, is_finished)

    def as_noted(in_hand: InHand) -> dict[TopicPartition, int]:
        return {place: offset for (owner, place), offset in highest.items() if owner is in_hand}

    patch.setattr(InHand, "_finish", noted)
    patch.setattr(InHand, "committable", as_noted)


def ignore_keys(patch: pytest.MonkeyPatch) -> None:
    """Messages are handled side by side, those of one key too."""
    take = InHand.take

    async def on_its_own(in_hand: InHand, raw: ConsumerRecord, key: Key, *, is_urgent: bool = False) -> None:
        await take(in_hand, raw, (raw.topic, f"{raw.partition}:{raw.offset}"), is_urgent=is_urgent)

    patch.setattr(InHand, "take", on_its_own)


def overtake_in_hand(patch: pytest.MonkeyPatch) -> None:
    """An urgent message in hand begins before what its own key has before it."""
    take = InHand.take

    async def as_a_key_of_its_own(in_hand: InHand, raw: ConsumerRecord, key: Key, *, is_urgent: bool = False) -> None:
        owner, name = key
        await take(in_hand, raw, (owner, f"{name}!") if is_urgent else key, is_urgent=is_urgent)

    patch.setattr(InHand, "take", as_a_key_of_its_own)


def overtake_in_the_outbox(patch: pytest.MonkeyPatch) -> None:
    """The relay sends urgent rows before what their own key has before them."""
    patch.setattr(
        outbox,
        "_SELECT",
        """
        SELECT id, key, target, body, headers, district, recorded_at FROM outbox
        WHERE transport = $1 AND sent_at IS NULL AND key <> ALL($2::text[]) AND $4::int > 0
        ORDER BY is_urgent DESC, id LIMIT $3
        """,
    )


FAULTY_VARIANTS = {
    "acknowledge-the-highest-finished": acknowledge_the_highest_finished,
    "answer-before-commit": answer_before_commit,
    "commit-before-handling": commit_before_handling,
    "deaf-inbox": deaf_inbox,
    "hand-over-unasked": hand_over_unasked,
    "forget-request-keys": forget_request_keys,
    "ignore-keys": ignore_keys,
    "lose-poison": lose_poison,
    "mark-before-sending": mark_before_sending,
    "overtake-in-hand": overtake_in_hand,
    "overtake-in-the-outbox": overtake_in_the_outbox,
    "say-apart": say_apart,
    "stall-at-poison": stall_at_poison,
}


SERVICES: dict[str, Service] = {"hand-over-unasked": NOTIFICATIONS}
"""Whose promise it is, where it is not intake's."""


@contextmanager
def broken(name: str) -> Iterator[None]:
    """Take the promise away from this process until the block ends."""
    with pytest.MonkeyPatch.context() as patch:
        FAULTY_VARIANTS[name](patch)
        yield


if __name__ == "__main__":
    FAULTY_VARIANTS[sys.argv[1]](pytest.MonkeyPatch())
    sys.exit(main(SERVICES.get(sys.argv[1], INTAKE), sys.argv[2:]))
