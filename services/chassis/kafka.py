"""Kafka: how every client comes to the broker, and the relay's transport."""

import asyncio
import ssl
from collections.abc import Sequence
from typing import Any

import asyncpg
import orjson
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, MessageSizeTooLargeError
from faststream.kafka.security import parse_security
from faststream.security import BaseSecurity, SASLPlaintext, SASLScram256, SASLScram512

from services.chassis.outbox import OutboxRow, Sent, TransportAway
from services.chassis.settings import ServiceSettings
from services.chassis.telemetry import log

SASL = {"SCRAM-SHA-512": SASLScram512, "SCRAM-SHA-256": SASLScram256, "PLAIN": SASLPlaintext}
SENT_WITHIN_MS = 10_000
"""Shorter than the relay's lock outlives a silent relay: nobody else sends what is still being sent."""


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
