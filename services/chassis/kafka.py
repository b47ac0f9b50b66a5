"""Kafka: the relay's transport, and the one subscriber through which a service hears everything."""

import asyncio
import contextlib
import ssl
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import asyncpg
import orjson
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.errors import IllegalStateError, KafkaConnectionError, KafkaError, MessageSizeTooLargeError
from aiokafka.structs import TopicPartition
from faststream import AckPolicy
from faststream.kafka import KafkaBroker, KafkaMessage
from faststream.kafka.opentelemetry import KafkaTelemetryMiddleware
from faststream.kafka.security import parse_security
from faststream.security import BaseSecurity, SASLPlaintext, SASLScram256, SASLScram512

from contracts.topics import topic_of
from services.chassis import clock
from services.chassis.database import is_infrastructure
from services.chassis.inbox import Inbox, Record, Subscriptions
from services.chassis.outbox import OutboxRow, Sent, TransportAway
from services.chassis.settings import ServiceSettings
from services.chassis.telemetry import log

SASL = {"SCRAM-SHA-512": SASLScram512, "SCRAM-SHA-256": SASLScram256, "PLAIN": SASLPlaintext}
SENT_WITHIN_MS = 10_000
"""Shorter than the relay's lock outlives a silent relay: nobody else sends what is still being sent."""
NEVER_LEAVE_FOR_SLOWNESS_MS = 24 * 60 * 60 * 1000
POLLED_WITHIN_SECONDS = 10.0
MEASURED_EVERY_SECONDS = 2.0


def security_of(settings: ServiceSettings) -> BaseSecurity | None:
    """How every client of ours comes to the broker: in clear, over TLS, with a name and a password, or both."""
    protocol = settings.kafka_security
    if protocol == "PLAINTEXT":
        return None
    use_ssl = protocol.endswith("SSL")
    context = ssl.create_default_context(cafile=settings.kafka_ca_file) if use_ssl else None
    if protocol == "SSL":
        return BaseSecurity(ssl_context=context, use_ssl=True)
    return SASL[settings.kafka_sasl_mechanism](
        username=settings.kafka_username,
        password=settings.kafka_password.get_secret_value(),
        ssl_context=context,
        use_ssl=use_ssl,
    )


class KafkaTransport:
    """Sends outbox rows to Kafka, pipelined, in order per key, with an idempotent producer and acks=all."""

    name = "kafka"

    def __init__(self, bootstrap_servers: str, topic_prefix: str = "", security: BaseSecurity | None = None) -> None:
        self._bootstrap_servers = bootstrap_servers
        self._topic_prefix = topic_prefix
        self._security = parse_security(security)
        self._producer: AIOKafkaProducer | None = None

    async def open(self) -> None:
        """Connect the producer, once."""
        if self._producer is not None:
            return
        producer = AIOKafkaProducer(
            bootstrap_servers=self._bootstrap_servers,
            enable_idempotence=True,
            acks="all",
            max_request_size=1_048_576,
            request_timeout_ms=SENT_WITHIN_MS,
            **self._security,
        )
        try:
            await producer.start()
        except KafkaError as error:
            await producer.stop()
            raise TransportAway from error
        self._producer = producer

    async def ask(self) -> None:
        """Raise ``TransportAway`` when no broker answers."""
        assert self._producer is not None
        try:
            await self._producer.client.fetch_all_metadata()
        except KafkaError as error:
            raise TransportAway from error

    async def send(self, rows: Sequence[OutboxRow], connection: asyncpg.Connection) -> Sent:
        """Hand all rows to the producer in order, then wait for the broker's word on each."""
        producer = self._producer
        assert producer is not None
        sent = Sent()
        waiting: list[tuple[OutboxRow, asyncio.Future[Any]]] = []
        for row in rows:
            if row.key in sent.held_keys:
                continue
            try:
                future = await producer.send(
                    self._topic_prefix + row.target,
                    value=row.body.encode() if row.body is not None else None,
                    key=row.key.encode(),
                    headers=wire_headers(row),
                )
            except (MessageSizeTooLargeError, ValueError, AssertionError) as error:
                sent.impossible.append((row.id, type(error).__name__))
                sent.held_keys.add(row.key)
            except KafkaError as error:
                log().warning("send_failed", topic=row.target, outbox_id=row.id, error=type(error).__name__)
                sent.held_keys.add(row.key)
            else:
                waiting.append((row, future))
        outcomes = await asyncio.gather(*(future for _, future in waiting), return_exceptions=True)
        for (row, _), outcome in zip(waiting, outcomes, strict=True):
            if not isinstance(outcome, BaseException):
                sent.confirmed.append(row.id)
            elif isinstance(outcome, MessageSizeTooLargeError):
                sent.impossible.append((row.id, type(outcome).__name__))
                sent.held_keys.add(row.key)
            else:
                sent.held_keys.add(row.key)
        return sent

    async def close(self) -> None:
        """Flush and disconnect."""
        if self._producer is not None:
            producer, self._producer = self._producer, None
            await producer.stop()


def wire_headers(row: OutboxRow) -> list[tuple[str, bytes]]:
    """The row's own headers, with the instant the database recorded it (also the event's time when none was given)."""
    headers = [(name, value.encode()) for name, value in orjson.loads(row.headers).items()]
    recorded = row.recorded_at.isoformat().encode()
    headers.append(("ce_recordedtime", recorded))
    if '"ce_time"' not in row.headers:
        headers.append(("ce_time", recorded))
    return headers


class Consumer:
    """A service's ears: one subscriber over the topics of everything in ``subscriptions.py``.

    Offsets are committed explicitly, up to the last record handled, in groups; a crash gives some records again and
    the inbox absorbs them.
    """

    def __init__(self, settings: ServiceSettings, inbox: Inbox, subscriptions: Subscriptions) -> None:
        self._settings = settings
        self._inbox = inbox
        self.topics = sorted({settings.topic_prefix + topic_of(kind).name for kind in subscriptions})
        self._handled: dict[TopicPartition, int] = {}
        self._subscriber: Any = None
        self._stop = asyncio.Event()
        self.last_consumed = 0.0
        self.is_waiting = False
        self.lag = 0
        self._is_busy = False
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
                    while not stop.is_set():
                        await asyncio.sleep(0.2)
                        await self._commit()
                except (KafkaConnectionError, OSError, TimeoutError) as error:
                    log().warning("consumer_waits", error=type(error).__name__)
                    await asyncio.sleep(wait)
                    wait = min(wait * 2, 5.0)
                finally:
                    await self._commit()
                    await broker.stop()
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
        )
        self._subscriber(self._consume)
        return broker

    async def _consume(self, message: KafkaMessage) -> None:
        raw: Any = message.raw_message
        record = Record(raw.topic, raw.partition, raw.offset, raw.key, raw.headers, raw.value)
        self._told_at, self._is_busy = datetime.fromtimestamp(raw.timestamp / 1000, UTC), True
        wait = 0.1
        while True:
            try:
                await self._inbox.hear(record)
                break
            except Exception as error:
                if self._stop.is_set():
                    return
                if not is_infrastructure(error):
                    log().error("consuming_failed", error=type(error).__name__, exc_info=error)
                self.is_waiting = True
                await asyncio.sleep(wait)
                wait = min(wait * 2, 2.0)
        self.is_waiting = self._is_busy = False
        self.last_consumed = time.monotonic()
        self._handled[TopicPartition(raw.topic, raw.partition)] = raw.offset + 1

    async def _commit(self) -> None:
        consumer = self._consumer
        if consumer is None or not self._handled:
            return
        mine = consumer.assignment()
        offsets = {place: offset for place, offset in self._handled.items() if place in mine}
        self._handled = {}
        if offsets:
            try:
                await consumer.commit(offsets)
            except KafkaError as error:
                log().info("offsets_not_committed", error=type(error).__name__)

    @property
    def oldest_seconds(self) -> float:
        """Age of the oldest message that is not handled yet: of the one in hand, while others wait behind it."""
        if self._told_at is None or not (self._is_busy or self.lag):
            return 0.0
        return max(0.0, (clock.utc_now() - self._told_at).total_seconds())

    async def _keep_measuring(self, stop: asyncio.Event) -> None:
        """Ask the broker where our partitions end: what a fetch said of it is as old as the fetch, and a consumer that
        hangs on one message fetches no more."""
        while not stop.is_set():
            await asyncio.sleep(MEASURED_EVERY_SECONDS)
            consumer = self._consumer
            if consumer is None or not consumer.assignment():
                self.lag = 0
                continue
            with contextlib.suppress(IllegalStateError, KafkaError, OSError, TimeoutError):
                async with asyncio.timeout(5):
                    ends = await consumer.end_offsets(list(consumer.assignment()))
                    self.lag = sum([max(0, end - await consumer.position(place)) for place, end in ends.items()])

    async def _keep_draining(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                await self._inbox.drain()
            except Exception as error:
                if not is_infrastructure(error):
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
