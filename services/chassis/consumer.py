"""The one subscriber through which a service hears everything."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, ConsumerRecord
from aiokafka.errors import IllegalStateError, KafkaConnectionError, KafkaError
from aiokafka.structs import TopicPartition
from faststream import AckPolicy
from faststream.kafka import KafkaBroker, KafkaMessage
from faststream.kafka.opentelemetry import KafkaTelemetryMiddleware

from contracts.topics import topic_of
from services.chassis import clock
from services.chassis.database import is_infrastructure, is_transient
from services.chassis.in_hand import Bounds, InHand, Key
from services.chassis.inbox import Inbox, Subscriptions
from services.chassis.kafka import security_of
from services.chassis.records import Record
from services.chassis.settings import ServiceSettings
from services.chassis.telemetry import log

NEVER_LEAVE_FOR_SLOWNESS_MS = 24 * 60 * 60 * 1000
POLLED_WITHIN_SECONDS = 10.0
MEASURED_EVERY_SECONDS = 2.0
FINISHED_WITHIN_SECONDS = 5.0
COMMITTED_EVERY_SECONDS = 0.2


class Consumer:
    """A service's ears: one subscriber over the topics of everything in ``subscriptions.py``.

    Messages of different keys are handled side by side, those of one key in order. Offsets are committed explicitly,
    up to the first message not handled yet, in groups; a crash gives some records again and the inbox absorbs them.
    """

    def __init__(self, settings: ServiceSettings, inbox: Inbox, subscriptions: Subscriptions) -> None:
        self._settings = settings
        self._inbox = inbox
        self.topics = sorted({settings.topic_prefix + topic_of(kind).name for kind in subscriptions})
        self._bounds = Bounds(
            at_once=settings.consumer_at_once,
            messages=settings.consumer_in_hand_messages,
            size_bytes=settings.consumer_in_hand_bytes,
        )
        self._in_hand = InHand(self._handle, self._bounds)
        self._committed: dict[TopicPartition, int] = {}
        self._paused: dict[TopicPartition, Key] = {}
        self._subscriber: Any = None
        self._stop = asyncio.Event()
        self.last_consumed = 0.0
        self._waiting = 0
        self._not_taken = 0
        self._told_at: datetime | None = None

    async def run(self, stop: asyncio.Event) -> None:
        """Hear until told to stop; start again whenever the broker was away."""
        self._stop = stop
        wait = 0.2
        beside = [asyncio.create_task(self._keep_draining(stop)), asyncio.create_task(self._keep_measuring(stop))]
        try:
            while not stop.is_set():
                broker = self._build()
                try:
                    await broker.start()
                    wait = 0.2
                    while not stop.is_set() and not self._in_hand.is_over:
                        await asyncio.sleep(COMMITTED_EVERY_SECONDS)
                        self._resume()
                        await self._commit()
                except (KafkaConnectionError, OSError, TimeoutError) as error:
                    log().warning("consumer_waits", error=type(error).__name__)
                    await asyncio.sleep(wait)
                    wait = min(wait * 2, 5.0)
                finally:
                    await self._in_hand.close(FINISHED_WITHIN_SECONDS)
                    await self._commit()
                    await broker.stop()
                    await self._in_hand.end()
                    self._subscriber = None
        finally:
            for task in beside:
                task.cancel()

    def _build(self) -> KafkaBroker:
        settings = self._settings
        broker = KafkaBroker(
            settings.kafka_bootstrap_servers,
            security=security_of(settings),
            ack_policy=AckPolicy.MANUAL,
            allow_auto_create_topics=False,
            parser=_repair_headers,
            decoder=_leave_body,
            middlewares=[KafkaTelemetryMiddleware()],
            graceful_timeout=15,
            logger=None,
        )
        self._subscriber = broker.subscriber(
            *self.topics,
            group_id=settings.group,
            group_instance_id=f"{settings.group}-{settings.process_slot}",
            auto_offset_reset="earliest",
            session_timeout_ms=settings.kafka_session_timeout_ms,
            heartbeat_interval_ms=settings.kafka_heartbeat_interval_ms,
            max_poll_interval_ms=NEVER_LEAVE_FOR_SLOWNESS_MS,
            listener=_Revoked(self._give_up),
        )
        self._subscriber(self._consume)
        self._in_hand, self._committed, self._paused = InHand(self._handle, self._bounds), {}, {}
        # FastStream's own workers keep no order by key, and its loop hears one message after the other.
        self._subscriber.consume_one = self._take
        return broker

    async def _take(self, raw: ConsumerRecord) -> None:
        record = _record_of(raw)
        key = record.owner, record.ordering_key
        self._told_at = datetime.fromtimestamp(raw.timestamp / 1000, UTC)
        await self._in_hand.take(raw, key, is_urgent=record.is_urgent)
        place = TopicPartition(raw.topic, raw.partition)
        consumer = self._consumer
        if consumer and self._in_hand.depth(key) > self._bounds.messages // 2 and place in consumer.assignment():
            # One key may not fill all the room there is: the other partitions go on.
            consumer.pause(place)
            self._paused[place] = key

    def _resume(self) -> None:
        consumer = self._consumer
        for place, key in list(self._paused.items()):
            if self._in_hand.depth(key) <= self._bounds.messages // 4:
                del self._paused[place]
                if consumer and place in consumer.assignment():
                    consumer.resume(place)

    async def _handle(self, raw: ConsumerRecord) -> bool:
        subscriber = self._subscriber
        if subscriber is None or not subscriber.running:
            return False
        answer = await subscriber.consume(raw)
        if answer is None and subscriber.running:
            # What the subscriber chokes on before it reaches us is for the inbox to set aside, not to be passed over.
            return await self._hear(_record_of(raw))
        return bool(answer is not None and answer.body)

    async def _consume(self, message: KafkaMessage) -> bool:
        raw: Any = message.raw_message
        return await self._hear(_record_of(raw))

    async def _hear(self, record: Record) -> bool:
        wait, is_waiting = 0.1, False
        try:
            while True:
                try:
                    await self._inbox.hear(record)
                    break
                except Exception as error:
                    if self._stop.is_set():
                        return False
                    if not is_transient(error):
                        log().error("consuming_failed", error=type(error).__name__, exc_info=error)
                    if not is_waiting and is_infrastructure(error):
                        is_waiting = True
                        self._waiting += 1
                    await asyncio.sleep(wait)
                    wait = min(wait * 2, 2.0)
        finally:
            self._waiting -= is_waiting
        self.last_consumed = time.monotonic()
        return True

    async def _commit(self) -> None:
        consumer = self._consumer
        if consumer is None:
            return
        mine = consumer.assignment()
        offsets = {
            place: offset
            for place, offset in self._in_hand.committable().items()
            if place in mine and self._committed.get(place) != offset
        }
        if offsets:
            try:
                await consumer.commit(offsets)
                self._committed |= offsets
            except KafkaError as error:
                log().info("offsets_not_committed", error=type(error).__name__)

    async def _give_up(self, revoked: set[TopicPartition]) -> None:
        """Partitions leave: what was started may finish in a part of the time that the group waits for us."""
        in_hand = self._in_hand
        await in_hand.settle(revoked, self._settings.kafka_session_timeout_ms / 1000 / 4)
        await self._commit()
        in_hand.forget(revoked)
        for place in revoked:
            self._committed.pop(place, None)
            self._paused.pop(place, None)

    @property
    def is_waiting(self) -> bool:
        """Whether a message in hand waits for the database."""
        return self._waiting > 0

    @property
    def in_hand(self) -> int:
        """How many messages were taken and are not handled yet."""
        return self._in_hand.count

    @property
    def lag(self) -> int:
        """How many messages are not handled yet, taken or not."""
        return self._not_taken + self._in_hand.count

    @property
    def oldest_seconds(self) -> float:
        """Age of the oldest message that is not handled yet: of those in hand, while others wait behind them."""
        return _age_of(self._in_hand.oldest_at or (self._told_at if self._not_taken else None))

    @property
    def urgent_in_hand(self) -> int:
        """How many urgent messages were taken and are not handled yet."""
        return self._in_hand.urgent_count

    @property
    def oldest_urgent_seconds(self) -> float:
        """Age of the oldest urgent message in hand."""
        return _age_of(self._in_hand.oldest_urgent_at)

    async def _keep_measuring(self, stop: asyncio.Event) -> None:
        """Ask the broker where our partitions end: what a fetch said of it is as old as the fetch, and a consumer that
        hangs on one message fetches no more."""
        while not stop.is_set():
            await asyncio.sleep(MEASURED_EVERY_SECONDS)
            consumer = self._consumer
            if consumer is None or not consumer.assignment():
                self._not_taken = 0
                continue
            with contextlib.suppress(IllegalStateError, KafkaError, OSError, TimeoutError):
                async with asyncio.timeout(5):
                    ends = await consumer.end_offsets(list(consumer.assignment()))
                    behind = [max(0, end - await consumer.position(place)) for place, end in ends.items()]
                    self._not_taken = sum(behind)

    async def _keep_draining(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                await self._inbox.drain()
            except Exception as error:
                if not is_transient(error):
                    log().error("drain_failed", error=type(error).__name__, exc_info=error)
            await asyncio.sleep(0.5)

    @property
    def _consumer(self) -> AIOKafkaConsumer | None:
        return getattr(self._subscriber, "consumer", None)

    @property
    def is_assigned(self) -> bool:
        """Whether the group gave this process partitions."""
        return bool(self._consumer is not None and self._consumer.assignment())

    @property
    def is_polling(self) -> bool:
        """Whether the broker answered our polls lately: a client keeps its partitions long after the broker is gone."""
        consumer = self._consumer
        if consumer is None:
            return False
        polled = max((consumer.last_poll_timestamp(place) or 0 for place in consumer.assignment()), default=0) / 1000
        return time.time() - polled < POLLED_WITHIN_SECONDS or self._is_at_work()

    def _is_at_work(self) -> bool:
        return time.monotonic() - self.last_consumed < POLLED_WITHIN_SECONDS


class _Revoked(ConsumerRebalanceListener):  # type: ignore[misc]
    """Tells that partitions leave, before the group gives them to somebody else."""

    def __init__(self, give_up: Callable[[set[TopicPartition]], Awaitable[None]]) -> None:
        self._give_up = give_up

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        await self._give_up(revoked)

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        """They start where they were committed."""


def _age_of(told_at: datetime | None) -> float:
    return max(0.0, (clock.utc_now() - told_at).total_seconds()) if told_at else 0.0


def _record_of(raw: ConsumerRecord) -> Record:
    return Record(raw.topic, raw.partition, raw.offset, raw.key, raw.headers, raw.value)


async def _repair_headers(message: Any, original: Any) -> Any:
    """Let a record with a header value that is not UTF-8 reach us; the parser alone would skip it silently."""
    if not isinstance(message, tuple):
        repaired = tuple((name, _readable(value)) for name, value in message.headers)
        object.__setattr__(message, "headers", repaired)
    return await original(message)


def _readable(value: bytes | None) -> bytes:
    try:
        (value or b"").decode()
    except UnicodeDecodeError:
        return repr(value).encode()
    return value or b""


async def _leave_body(message: Any) -> Any:
    """The inbox reads the body itself, so that a broken one is set aside and not lost in a decoder."""
    return message.body
