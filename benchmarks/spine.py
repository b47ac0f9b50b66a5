"""P2, P3 and P4: relay against raw producer, commit to handler against raw Kafka, handler against bare commit."""

import asyncio
import statistics
import time
from typing import Any
from uuid import uuid4

import asyncpg
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from benchmarks.ground import ground
from benchmarks.ratio import keep, make_result, p99, paired
from contracts.events.intake import ReportRejected
from services.chassis.database import UnitOfWork, Units, open_units
from services.chassis.kafka import KafkaTransport, wire_headers
from services.chassis.outbox import OutboxNotifier, OutboxRow, Relay
from services.chassis.principal import system_principal
from tests.support.probe import SCHEMA, make_probe, probe_service
from tests.support.services import Bench, bench_for
from tests.support.wire import wire

SYSTEM = system_principal("probe")
MESSAGES = 5000


async def p2() -> None:
    """Relaying 5,000 committed rows ÷ sending the same messages with the same headers."""
    async with (
        ground("postgres", "kafka", "temporal") as place,
        bench_for(probe_service(), place.stack, place.issuer, schema=SCHEMA, owner="intake") as bench,
    ):
        for _ in range(MESSAGES // 100):
            await bench.units.perform(_hundred, principal=SYSTEM)
        records = await bench.rows(
            "SELECT id, key, target, body, headers, district, recorded_at FROM outbox ORDER BY id"
        )
        messages = [OutboxRow(*record.values()) for record in records]
        exit_ = KafkaTransport(bench.settings.kafka_bootstrap_servers, bench.prefix)
        await exit_.open()
        producer = AIOKafkaProducer(
            bootstrap_servers=bench.settings.kafka_bootstrap_servers, enable_idempotence=True, acks="all"
        )
        await producer.start()
        connection = await asyncpg.connect(bench.settings.database_url)

        async def relayed() -> float:
            await bench.units.pool.execute("UPDATE outbox SET sent_at = NULL")
            relay = Relay(bench.settings.database_url, exit_, batch_rows=1000, poll_ms=50)
            begun = time.perf_counter()
            while await relay.turn(connection):
                pass
            return len(messages) / (time.perf_counter() - begun)

        ready = [(bench.prefix + m.target, (m.body or "").encode(), m.key.encode(), wire_headers(m)) for m in messages]

        async def raw() -> float:
            begun = time.perf_counter()
            sent = [await producer.send(topic, value=v, key=k, headers=h) for topic, v, k, h in ready]
            await asyncio.gather(*sent)
            return len(messages) / (time.perf_counter() - begun)

        ratios = await paired(relayed, raw, 9)
        left = await bench.value("SELECT count(*) FROM outbox WHERE sent_at IS NULL")
        found = await bench.messages("intake.reports", expected=MESSAGES)
        correct = left == 0 and _ordered(found[:MESSAGES])
        await connection.close()
        await producer.stop()
        await exit_.close()
    keep(make_result("P2", "outbox relay ÷ raw aiokafka producer", ratios, unit="×", target=0.60, goal=0.90,
                     correct=correct))  # fmt: skip


async def _hundred(uow: UnitOfWork) -> None:
    for _ in range(20):
        await make_probe("SPEED", uow, facts=5)


def _ordered(messages: list[Any]) -> bool:
    last: dict[bytes, int] = {}
    for message in messages:
        sequence = int(dict(message.headers)["ce_sequence"])
        if sequence not in (last.get(message.key, 0) + 1, 1):
            return False
        last[message.key] = sequence
    return True


async def p3() -> None:
    """Commit → handler at 20/s, p99, ÷ raw produce → consume, p99, in the same run."""
    async with (
        ground("postgres", "kafka", "temporal") as place,
        bench_for(probe_service(), place.stack, place.issuer, schema=SCHEMA, owner="intake") as bench,
        bench.running("relay", "consumer"),
    ):
        notifier, stop = OutboxNotifier(bench.settings.database_url), asyncio.Event()
        waking = asyncio.create_task(notifier.run(stop))
        units = await open_units(bench.settings.database_url, name="bench", queue="", pool_size=2, said=notifier)
        await asyncio.sleep(3)
        ratios, missing = [], 0
        for round_ in range(5):
            raw = await _raw_latencies(bench, 200)
            ours, lost = await _our_latencies(bench, units, 200)
            missing += lost
            ratios.append(p99(ours) / p99(raw))
            p50, slow = statistics.median(ours) * 1e3, p99(ours) * 1e3
            print(
                f"    round {round_ + 1}: ours p50 {p50:.1f} ms, p99 {slow:.1f} ms, ratio {ratios[-1]:.2f}", flush=True
            )
        stop.set()
        await waking
        await units.close()
    keep(make_result("P3", "commit → handler p99 ÷ raw produce → consume p99, at 20/s", ratios, unit="×", target=3.0,
                     goal=1.5, correct=missing == 0, higher_is_better=False))  # fmt: skip


async def _raw_latencies(bench: Bench, count: int) -> list[float]:
    topic = bench.prefix + "casework.tasks"
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=bench.settings.kafka_bootstrap_servers, group_id=None)
    producer = AIOKafkaProducer(bootstrap_servers=bench.settings.kafka_bootstrap_servers, enable_idempotence=True)
    await consumer.start()
    await producer.start()
    begun: dict[bytes, float] = {}
    taken: list[float] = []

    async def listen() -> None:
        async for message in consumer:
            if message.key in begun:
                taken.append(time.perf_counter() - begun[message.key])
            if len(taken) == count:
                return

    listening = asyncio.create_task(listen())
    await asyncio.sleep(0.5)
    for _ in range(count):
        key = uuid4().bytes
        begun[key] = time.perf_counter()
        await producer.send(topic, value=b"x" * 400, key=key)
        await asyncio.sleep(0.05)
    await asyncio.wait_for(listening, 20)
    await consumer.stop()
    await producer.stop()
    return taken


async def _our_latencies(bench: Bench, units: Units, count: int) -> tuple[list[float], int]:
    """From the commit's instant to the effect's, both by the database's clock."""
    keys = []
    for _ in range(count):
        made = await units.perform(lambda uow: make_probe("LATENCY", uow), principal=SYSTEM)
        keys.append(made.correlation_id)
        await asyncio.sleep(0.05)
    await asyncio.sleep(1)
    rows = await bench.rows(
        "SELECT e.correlation_id, extract(epoch FROM e.consumed_at - o.recorded_at)::float AS taken FROM effects e"
        " JOIN outbox o ON o.key = e.correlation_id::text WHERE e.correlation_id = ANY($1::uuid[])",
        keys,
    )
    return [row["taken"] for row in rows], count - len(rows)


async def p4() -> None:
    """An ordinary one-command handler ÷ the same single-row commit by bare asyncpg, one after another."""
    count = 1500
    async with (
        ground("postgres", "kafka", "temporal") as place,
        bench_for(probe_service(), place.stack, place.issuer, schema=SCHEMA, owner="intake") as bench,
    ):
        connection = await asyncpg.connect(bench.settings.database_url)

        async def heard() -> float:
            before = await bench.value("SELECT count(*) FROM effects")
            async with bench.producer() as send:
                pending = []
                for _ in range(count):
                    key = uuid4()
                    event = ReportRejected(reason_code="SPEED")
                    pending.append(send("intake.reports", *wire(event, subject=key, correlation_id=key)))
                await asyncio.gather(*pending)
            async with bench.running("consumer"):
                while await bench.value("SELECT count(*) FROM effects") == before:
                    await asyncio.sleep(0.01)
                begun = time.perf_counter()
                first = await bench.value("SELECT count(*) FROM effects")
                while (now := await bench.value("SELECT count(*) FROM effects")) < before + count:
                    await asyncio.sleep(0.02)
                return float((now - first) / (time.perf_counter() - begun))

        async def bare() -> float:
            begun = time.perf_counter()
            for _ in range(count):
                key = uuid4()
                await connection.execute(
                    "INSERT INTO effects (fact_id, correlation_id, sequence, reason, district)"
                    " VALUES ($1, $2, 1, 'BARE', '35.24')",
                    key,
                    key,
                )
            return count / (time.perf_counter() - begun)

        ratios = await paired(heard, bare, 5)
        found = await bench.value("SELECT count(*) FROM effects WHERE reason = 'SPEED'")
        await connection.close()
    keep(make_result("P4", "one-command handler ÷ bare single-row commit", ratios, unit="×", target=0.60, goal=0.80,
                     correct=found == count * 6))  # fmt: skip
