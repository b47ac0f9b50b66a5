"""A member of the consumer group joins or goes every two seconds, and another one dies by ``kill -9``.

Invariant: each fact has its effect once, in order per key, and nothing stays set aside. Ten seconds of it here, a
minute with ``SIGAP_FAULT_MEMBERSHIP_SECONDS=60``. The faulty variant must be caught by the same checker.
"""

import asyncio
import os
import time
from contextlib import suppress
from typing import Any
from uuid import UUID, uuid4

from aiokafka import AIOKafkaProducer

from benchmarks.ground import Ground, rows, service_environment
from services.chassis.processes import serve
from services.intake.wiring import SERVICE
from tests.support.eventually import eventually
from tests.support.parts import Parts, kept
from tests.support.wire import handoff_of, wire

SECONDS = int(os.environ.get("SIGAP_FAULT_MEMBERSHIP_SECONDS", "12"))
EVERY_SECONDS = 2
KEYS = 40
EFFECTS = "SELECT correlation_id, handoff_id FROM registry_checks ORDER BY asked_at"


async def feed(place: Ground, prefix: str, stop: asyncio.Event) -> dict[UUID, list[UUID]]:
    """Ask for checks, key by key in order, until it is time to stop; what the broker took."""
    taken: dict[UUID, list[UUID]] = {uuid4(): [] for _ in range(KEYS)}
    producer = AIOKafkaProducer(bootstrap_servers=place.stack.kafka_bootstrap, acks="all")
    await producer.start()
    while not stop.is_set():
        for correlation_id, mine in taken.items():
            fact = handoff_of(uuid4())
            key, body, headers = wire(
                fact, subject=fact.handoff_id, correlation_id=correlation_id, sequence=len(mine) + 1
            )
            await producer.send_and_wait(f"{prefix}casework.handoffs", body, key=key, headers=headers)
            mine.append(fact.handoff_id)
            await asyncio.sleep(0.02)
    await producer.stop()
    return taken


async def come_and_go(environment: dict[str, str], parts: Parts, seconds: int) -> int:
    """One member dies by ``kill -9`` and comes back, others join and go. Returns how many changes there were."""
    prefix = "INTAKE_"
    values: dict[str, Any] = {
        key.removeprefix(prefix).lower(): value for key, value in environment.items() if key.startswith(prefix)
    }
    changes = 0
    guest: tuple[asyncio.Event, asyncio.Task[None]] | None = None
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if guest is None:
            settings = SERVICE.settings(**{**values, "process_slot": f"guest{changes}", "http_port": "0"})
            stop = asyncio.Event()
            guest = stop, asyncio.create_task(serve(SERVICE, settings, ("consumer",), stop))
        else:
            await leave(guest)
            guest = None
        if changes % 4 == 3:
            await parts.kill("consumer")
        changes += 1
        await asyncio.sleep(EVERY_SECONDS)
    if guest is not None:
        await leave(guest)
    return changes


async def leave(guest: tuple[asyncio.Event, asyncio.Task[None]]) -> None:
    """A member goes in its own manner."""
    guest[0].set()
    await asyncio.wait_for(guest[1], 30)


async def breaches(place: Ground, command: tuple[str, ...], seconds: int) -> list[str]:
    """Facts while members come and go; what the invariant finds once all was heard, or nothing more comes."""
    environment, prefix = await service_environment(place, "intake")
    environment |= {"INTAKE_KAFKA_SESSION_TIMEOUT_MS": "2000", "INTAKE_KAFKA_HEARTBEAT_INTERVAL_MS": "400"}
    url, stop = environment["INTAKE_DATABASE_URL"], asyncio.Event()
    async with kept(environment, command, "consumer") as parts:
        feeding = asyncio.create_task(feed(place, prefix, stop))
        await eventually(lambda: rows(url, EFFECTS), within_seconds=60, what="the first member at work")
        changes = await come_and_go(environment, parts, seconds)
        stop.set()
        taken = await feeding
        total = sum(map(len, taken.values()))

        async def all_consumed() -> bool:
            return len(await rows(url, EFFECTS)) >= total

        with suppress(AssertionError):
            await eventually(all_consumed, within_seconds=20)
    found: dict[UUID, list[UUID]] = {}
    for row in await rows(url, EFFECTS):
        found.setdefault(row["correlation_id"], []).append(row["handoff_id"])
    told = []
    for key, asked in taken.items():
        heard = found.get(key, [])
        told += [f"lost: {fact}" for fact in asked if fact not in heard]
        told += [f"out of order or doubled under {key}"] if sorted(heard) == sorted(asked) and heard != asked else []
    set_aside = await rows(url, "SELECT error_code FROM dead_letters WHERE state IN ('dead', 'blocked', 'replay')")
    actions = (await rows(url, "SELECT count(*) FROM actions"))[0][0]
    print(f"{changes} comings and goings, {total} facts, {actions} effects")
    told += [f"set aside: {row['error_code']}" for row in set_aside]
    return told + ([f"{actions} effects of {total} facts"] if actions != total else [])


async def test_nothing_is_lost_or_doubled_while_members_come_and_go(place: Ground) -> None:
    assert await breaches(place, ("services.intake",), SECONDS) == []


async def test_the_checker_catches_the_faulty_variant_that_commits_before_handling(place: Ground) -> None:
    assert await breaches(place, ("tests.support.faulty_variants", "commit-before-handling"), 8), (
        "the checker did not notice commit-before-handling"
    )
