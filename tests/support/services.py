"""A service as tests run it: its own database from the real migrations, its own topics, group and task queue."""

import asyncio
import base64
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import uuid4

import asyncpg
import httpx2
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError
from nacl.public import PrivateKey

from contracts.create_topics import create_topics
from contracts.topics import all_topics, topic_of
from deploy.local.records import ends_of, partitions_of
from services.chassis.database import Units, open_units
from services.chassis.offices import AccessSection, Offices
from services.chassis.outbox import OutboxNotifier
from services.chassis.principal import system_principal
from services.chassis.processes import build_app, serve
from services.chassis.service import Running, Service
from tests.support.engines import Stack
from tests.support.eventually import eventually
from tests.support.identity import Issuer

IDENTITY_SECRET = base64.b64encode(b"what NIKs are hashed under in t.").decode()
SEALING_KEYS = {name: PrivateKey.generate() for name in ("intake", "casework", "disbursement", "notifications")}


OFFICES = Offices(
    {
        district: AccessSection(district=district, office=office)
        for office, districts in {"dinsos-lamongan": ("35.24", "18.72"), "dinsos-sidoarjo": ("35.15",)}.items()
        for district in districts
    }
)
"""An office that serves two districts, and a neighbour of it."""


def sealing_settings(name: str) -> dict[str, str]:
    """The sealing keys of a test run."""
    recipients = ",".join(
        f"{service}={base64.b64encode(bytes(key.public_key)).decode()}" for service, key in SEALING_KEYS.items()
    )
    found = {"sealing_private_key": base64.b64encode(bytes(SEALING_KEYS[name])).decode()}
    match name:
        case "intake":
            return {**found, "sealing_recipients": recipients}
        case "casework":
            return {**found, "sealing_recipients": recipients, "identity_secret": IDENTITY_SECRET}
        case "disbursement":
            return {**found, "identity_secret": IDENTITY_SECRET}
        case _:
            return found


async def make_topics(bootstrap: str, prefix: str, partitions: int = 3) -> None:
    """All topics of the house under a prefix of this test, with few partitions; returns when each has its leader."""
    await create_topics(bootstrap, prefix, topics=[replace(topic, partitions=partitions) for topic in all_topics()])


@dataclass(slots=True)
class Bench:
    """One service under test."""

    service: Service
    settings: Any
    stack: Stack
    prefix: str
    units: Units
    database_name: str
    app: Any = None
    client: httpx2.AsyncClient = field(default=None)  # type: ignore[assignment]

    async def rows(self, sql: str, *values: Any) -> list[asyncpg.Record]:
        """Look into the database."""
        return list(await self.units.pool.fetch(sql, *values))

    async def value(self, sql: str, *values: Any) -> Any:
        """One value from the database."""
        return await self.units.pool.fetchval(sql, *values)

    @asynccontextmanager
    async def running(self, *parts: str) -> AsyncIterator[asyncio.Event]:
        """Run parts of the service inside this process; ends them at the end of the block."""
        stop = asyncio.Event()
        task = asyncio.create_task(serve(self.service, self.settings, parts or self.service.parts, stop))
        try:
            yield stop
        finally:
            stop.set()
            await asyncio.wait_for(task, 30)

    @asynccontextmanager
    async def producer(self) -> AsyncIterator[Callable[..., Any]]:
        """Put messages on this test's topics as another service's relay would."""
        producer = AIOKafkaProducer(bootstrap_servers=self.stack.kafka_bootstrap, acks="all")
        await producer.start()

        async def send(topic: str, key: bytes | None, body: bytes | None, headers: Sequence[tuple[str, bytes]]) -> None:
            await producer.send_and_wait(self.prefix + topic, value=body, key=key, headers=list(headers))

        try:
            yield send
        finally:
            await producer.stop()

    async def all_consumed(self, within_seconds: float = 60) -> None:
        """Wait until this service's group has committed everything that lies on its topics now."""
        topics = {self.prefix + topic_of(kind).name for kind in self.service.subscriptions}
        admin = AIOKafkaAdminClient(bootstrap_servers=self.stack.kafka_bootstrap)
        consumer = AIOKafkaConsumer(bootstrap_servers=self.stack.kafka_bootstrap, group_id=None)
        await asyncio.gather(admin.start(), consumer.start())
        try:
            ends = await ends_of(consumer, await partitions_of(self.stack.kafka_bootstrap, topics.__contains__))

            async def all_committed() -> bool:
                try:
                    committed = await admin.list_consumer_group_offsets(self.settings.group)
                except KafkaError:
                    return False
                return all(place in committed and committed[place].offset >= end for place, end in ends.items() if end)

            await eventually(all_committed, within_seconds=within_seconds, what="everything heard")
        finally:
            await asyncio.gather(admin.close(), consumer.stop())

    async def messages(self, *topics: str, expected: int, within_seconds: float = 20) -> list[Any]:
        """Read messages of this test's topics from the start until ``expected`` came."""
        consumer = AIOKafkaConsumer(
            *(self.prefix + topic for topic in topics),
            bootstrap_servers=self.stack.kafka_bootstrap,
            auto_offset_reset="earliest",
            group_id=None,
        )
        await consumer.start()
        found: list[Any] = []
        try:
            async with asyncio.timeout(within_seconds):
                while len(found) < expected:
                    batches = await consumer.getmany(timeout_ms=200)
                    found += [message for batch in batches.values() for message in batch]
        finally:
            await consumer.stop()
        return found


async def _apply(schema: Sequence[str], url: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        for statement in schema:
            await connection.execute(statement)
    finally:
        await connection.close()


@asynccontextmanager
async def bench_for(
    service: Service, stack: Stack, issuer: Issuer, *, schema: Sequence[str] = (), owner: str = "", **overrides: Any
) -> AsyncIterator[Bench]:
    """A service with a fresh database and an HTTP client that speaks to its app in this process.

    A service made up by a test brings its ``schema`` as statements and borrows the roles of ``owner``.
    """
    if schema:
        urls = await stack.fresh_database(owner or service.name)
        await _apply(schema, urls.migrator)
    else:
        urls = await stack.migrated_database(service.name)
    prefix = f"t{uuid4().hex[:8]}__"
    settings = service.settings(
        **{
            "database_url": urls.app,
            "migrator_database_url": urls.migrator,
            "kafka_bootstrap_servers": stack.kafka_bootstrap,
            "kafka_session_timeout_ms": 2000,
            "kafka_heartbeat_interval_ms": 400,
            "temporal_address": stack.temporal_address,
            "temporal_namespace": stack.temporal_namespace,
            "task_queue": f"{prefix}{service.name}",
            "topic_prefix": prefix,
            "group_prefix": prefix,
            "oidc_issuer": issuer.url,
            "dead_letter_first_retry_seconds": 1,
            "deployment": "local",
            **sealing_settings(owner or service.name),
            **overrides,
        }
    )
    await make_topics(stack.kafka_bootstrap, prefix)
    notifier = OutboxNotifier(urls.app)
    units = await open_units(
        urls.app,
        name="test",
        queue=settings.queue,
        pool_size=8,
        scope=service.scope,
        said=notifier,
        keeps=service.keeps,
    )
    running = Running(settings, units, system_principal(service.name), notifier)
    app = build_app(service, settings, running)
    app.state.offices = OFFICES
    if service.prepare is not None:
        await service.prepare(running, app)
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    stop = asyncio.Event()
    beside = [asyncio.create_task(work.run(stop)) for work in (notifier, app.state.feed_watch)]
    async with httpx2.AsyncClient(transport=transport, base_url=f"http://sigap/{service.name}") as client:
        try:
            yield Bench(service, settings, stack, prefix, units, urls.name, app, client)
        finally:
            stop.set()
            await asyncio.gather(*beside, return_exceptions=True)
            await units.close()
            await stack.drop_database(urls.name)
