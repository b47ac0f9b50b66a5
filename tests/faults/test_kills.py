"""``kill -9`` of every process and every engine while clients post and keep their own list.

Invariant: what was acknowledged is there, once, under the id that was answered; one key has one effect; every fact
left, in order, and no other one did; every check that was asked for is answered once; nothing stays set aside. Seeded;
small here, whole with ``SIGAP_FAULT_KILLS=80``. Each faulty variant must be caught by the same checker.

``SIGAP_FAULT_RESULTS`` names a file for the figures: the time to go on after each kind of kill, and its ratio to what
bare PostgreSQL needs from a ``kill -9`` until it accepts connections, measured in the same run.
"""

import asyncio
import json
import os
import random
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx2
import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from benchmarks.ground import Ground, rows, service_environment
from benchmarks.intake import body
from deploy.local.records import every_record
from tests.support.engines import Stack
from tests.support.eventually import eventually
from tests.support.parts import Parts, kept, until_ready
from tests.support.registry import running_registry
from tests.support.seeds import chosen_seed
from tests.support.wire import handoff_of, wire

SEED = chosen_seed(20)
KILLS = int(os.environ.get("SIGAP_FAULT_KILLS", "7"))
CLIENTS = 4
PROCESSES = ("api", "relay", "consumer", "worker")
ENGINES = ("postgres", "kafka", "temporal")
GOES_ON = {
    "relay": "SELECT count(*) > 0 FROM outbox WHERE transport = 'kafka' AND recorded_at > $1 AND sent_at IS NOT NULL",
    "consumer": "SELECT count(*) > 0 FROM registry_checks WHERE asked_at > $1",
    "worker": "SELECT count(*) > 0 FROM registry_checks WHERE asked_at > $1 AND answered_at IS NOT NULL",
}
"""What shows that a part does its work again; where nothing stands here, new writes are acknowledged."""
GOES_ON |= {"kafka": GOES_ON["relay"], "temporal": GOES_ON["worker"]}


@dataclass
class Ledger:
    """What the clients know: the id answered for each key, keys answered in two ways, checks asked for."""

    acknowledged: dict[UUID, str] = field(default_factory=dict)
    contradictions: list[UUID] = field(default_factory=list)
    asked: list[UUID] = field(default_factory=list)


@dataclass
class Storm:
    """One service under kills, and its clients."""

    place: Ground
    environment: dict[str, str]
    prefix: str
    ledger: Ledger = field(default_factory=Ledger)
    recoveries: dict[str, list[float]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.environment['INTAKE_HTTP_PORT']}/intake"

    @property
    def database_url(self) -> str:
        return self.environment["INTAKE_DATABASE_URL"]

    async def strike(self, victim: str, parts: Parts) -> None:
        """Kill, and wait until the whole does again what the victim is for."""
        before = len(self.ledger.acknowledged)
        begun = time.perf_counter()
        if victim in ENGINES:
            await self.place.stack.kill(victim)
            await self.place.stack.start(victim)
        else:
            await parts.kill(victim)
        moment = datetime.now(UTC)

        async def goes_on() -> bool:
            if victim not in GOES_ON:
                return len(self.ledger.acknowledged) > before + CLIENTS
            return bool((await rows(self.database_url, GOES_ON[victim], moment))[0][0])

        await eventually(goes_on, within_seconds=90, what=f"work after the end of {victim}")
        self.recoveries.setdefault(victim, []).append(time.perf_counter() - begun)


class Client:
    """Somebody who posts, again and again under the same key until there is an answer."""

    def __init__(self, storm: Storm, stop: asyncio.Event) -> None:
        token = storm.place.issuer.token(roles=["caseworker"], expires_in_seconds=36_000)
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self._storm = storm
        self._stop = stop
        self._http = httpx2.AsyncClient(timeout=8)

    async def once(self, path: str, key: UUID, content: bytes) -> dict[str, Any]:
        """One try; nothing when it was not acknowledged."""
        headers = {**self._headers, "Idempotency-Key": str(key)}
        with suppress(httpx2.HTTPError):
            answer = await self._http.post(f"{self._storm.url}/{path}", content=content, headers=headers)
            if answer.is_success:
                found: dict[str, Any] = answer.json()
                return found
        return {}

    async def insist(self, path: str, key: UUID, content: bytes) -> dict[str, Any]:
        """Try until acknowledged; nothing when it is time to stop."""
        while not self._stop.is_set():
            if answer := await self.once(path, key, content):
                return answer
            await asyncio.sleep(0.02)
        return {}

    async def report(self) -> dict[str, Any]:
        """Report under a new key until acknowledged, then once more under the same."""
        key, content = uuid4(), body()
        answer = await self.insist("reports", key, content)
        if answer:
            ledger = self._storm.ledger
            ledger.acknowledged[key] = answer["report_id"]
            again = await self.once("reports", key, content)
            if again and again["report_id"] != answer["report_id"]:
                ledger.contradictions.append(key)
        return answer

    async def keep_reporting(self) -> None:
        """One report after another."""
        while not self._stop.is_set():
            await self.report()
            await asyncio.sleep(0.1)
        await self._http.aclose()

    async def keep_asking(self) -> None:
        """Believe a report and ask the registry about its person, twice, as casework's relay would after a crash."""
        storm = self._storm
        producer = AIOKafkaProducer(bootstrap_servers=storm.place.stack.kafka_bootstrap, acks="all")
        await producer.start()
        while not self._stop.is_set():
            report = await self.report()
            if not report or not await self.insist(
                f"reports/{report['report_id']}/verification", uuid4(), b'{"expected_version": 1}'
            ):
                continue
            asked = handoff_of(UUID(report["person_id"]))
            key, content, headers = wire(asked, subject=asked.handoff_id, correlation_id=UUID(report["report_id"]))
            taken = 0
            while taken < 2:
                try:
                    topic = f"{storm.prefix}casework.handoffs"
                    await producer.send_and_wait(topic, content, key=key, headers=headers)
                    taken += 1
                    storm.ledger.asked += [asked.handoff_id] if taken == 1 else []
                except KafkaError:
                    await asyncio.sleep(0.1)
            await asyncio.sleep(0.2)
        await producer.stop()
        await self._http.aclose()


async def weather(
    place: Ground,
    kills: list[str],
    command: tuple[str, ...] = ("services.intake",),
    processes: tuple[str, ...] = PROCESSES,
    settles_within_seconds: float = 60,
) -> tuple[Storm, list[str]]:
    """Clients under kills; then let everything settle, and look."""
    chance = random.Random(SEED)
    environment, prefix = await service_environment(place, "intake")
    with running_registry() as registry:
        environment |= {"INTAKE_DUKCAPIL_URL": registry.url, "INTAKE_KAFKA_SESSION_TIMEOUT_MS": "3000"}
        storm, stop = Storm(place, environment, prefix), asyncio.Event()
        async with kept(environment, command, *processes) as parts:
            await until_ready(storm.url)
            clients = [asyncio.create_task(Client(storm, stop).keep_reporting()) for _ in range(CLIENTS)]
            if "worker" in processes:
                clients.append(asyncio.create_task(Client(storm, stop).keep_asking()))
            for victim in kills:
                await asyncio.sleep(chance.uniform(0.5, 1.5))
                await storm.strike(victim, parts)
            stop.set()
            await asyncio.gather(*clients)
            await until_ready(storm.url)
            return storm, await breaches(storm, settles_within_seconds)


async def breaches(storm: Storm, settles_within_seconds: float) -> list[str]:
    """What the invariant finds when everything has settled."""
    connection = await asyncpg.connect(storm.database_url)
    try:
        told = await _unsettled(storm, connection, settles_within_seconds)
        told += await _wrong_reports(storm.ledger, connection)
        told += await _wrong_checks(storm.ledger, connection)
        said = {
            row["fact_id"]
            for row in await connection.fetch(
                "SELECT headers->>'ce_factid' AS fact_id FROM outbox WHERE transport = 'kafka'"
            )
        }
        told += await _wrong_messages(storm, said)
        set_aside = await connection.fetchval(
            "SELECT count(*) FROM dead_letters WHERE state IN ('dead', 'blocked', 'replay')"
        )
        return told + ([f"{set_aside} messages set aside"] if set_aside else [])
    finally:
        await connection.close()


async def _unsettled(storm: Storm, connection: asyncpg.Connection, within_seconds: float) -> list[str]:
    async def settled() -> bool:
        answered = await connection.fetchval(
            "SELECT count(*) FROM registry_checks WHERE answered_at IS NOT NULL AND handoff_id = ANY($1::uuid[])",
            storm.ledger.asked,
        )
        unsent = await connection.fetchval("SELECT count(*) FROM outbox WHERE sent_at IS NULL")
        return bool(answered == len(storm.ledger.asked) and unsent == 0)

    try:
        await eventually(settled, within_seconds=within_seconds)
    except AssertionError:
        return ["the outbox does not empty, or checks stay unanswered"]
    return []


async def _wrong_reports(ledger: Ledger, connection: asyncpg.Connection) -> list[str]:
    there = {str(row["id"]) for row in await connection.fetch("SELECT id FROM reports")}
    keys = {
        row["key"]: row["report_id"]
        for row in await connection.fetch(
            "SELECT key, answer->>'report_id' AS report_id FROM request_keys WHERE operation = 'POST /reports'"
        )
    }
    facts = Counter(
        row["subject"]
        for row in await connection.fetch(
            "SELECT headers->>'ce_subject' AS subject FROM outbox WHERE headers->>'ce_type' = $1",
            "intake.report.received.v1",
        )
    )
    told = [f"lost: {report}" for report in ledger.acknowledged.values() if report not in there]
    told += [f"two answers: {key}" for key in ledger.contradictions]
    told += [f"other answer: {key}" for key, report in ledger.acknowledged.items() if keys.get(key) != report]
    told += [f"two effects: {len(there)} reports for {len(keys)} keys"] if len(there) != len(keys) else []
    return told + ([] if facts == Counter(there) else ["not one fact for each report"])


async def _wrong_checks(ledger: Ledger, connection: asyncpg.Connection) -> list[str]:
    answers = {
        row["handoff_id"]: row["facts"]
        for row in await connection.fetch(
            "SELECT c.handoff_id, (SELECT count(*) FROM outbox WHERE headers->>'ce_subject' = c.id::text"
            " AND transport = 'kafka') AS facts FROM registry_checks c"
        )
    }
    told = [f"check lost: {asked}" for asked in ledger.asked if asked not in answers]
    return told + [f"{facts} answers told: {asked}" for asked, facts in answers.items() if facts != 1]


async def _wrong_messages(storm: Storm, said: set[str]) -> list[str]:
    """Facts that never left, that nobody said, or whose first copies left out of order."""
    heard: dict[str, None] = {}
    last: dict[tuple[bytes, bytes], int] = {}
    told: list[str] = []
    async for message in every_record(
        storm.place.stack.kafka_bootstrap, lambda name: name.startswith(storm.prefix + "intake.")
    ):
        headers = dict(message.headers)
        fact_id, stream = headers["ce_factid"].decode(), (message.key, headers["ce_subject"])
        if fact_id not in heard and int(headers["ce_sequence"]) < last.get(stream, 0):
            told.append(f"out of order: {fact_id}")
        heard[fact_id] = None
        last[stream] = max(int(headers["ce_sequence"]), last.get(stream, 0))
    told += [f"never left: {fact_id}" for fact_id in said - set(heard)]
    return told + [f"nobody said: {fact_id}" for fact_id in set(heard) - said]


async def bare_restart(stack: Stack) -> float:
    """Seconds from a ``kill -9`` of PostgreSQL until it accepts connections."""
    begun = time.perf_counter()
    await stack.kill("postgres")
    await stack.start("postgres")
    await (await asyncpg.connect(stack.postgres_url("postgres"))).close()
    return time.perf_counter() - begun


def figures(storm: Storm, bare_seconds: float) -> dict[str, Any]:
    """What is published of a run."""
    return {
        "seed": SEED,
        "kills": sum(map(len, storm.recoveries.values())),
        "acknowledged": len(storm.ledger.acknowledged),
        "checks_answered": len(storm.ledger.asked),
        "bare_postgres_restart_seconds": round(bare_seconds, 2),
        "recovery": {
            victim: {
                "kills": len(seconds),
                "median_seconds": round(median(seconds), 2),
                "slowest_seconds": round(max(seconds), 2),
                "ratio": round(median(seconds) / bare_seconds, 2),
            }
            for victim, seconds in storm.recoveries.items()
        },
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
    }


async def test_nothing_acknowledged_is_lost_and_no_effect_is_doubled(place: Ground) -> None:
    chance = random.Random(SEED)
    victims = [*PROCESSES, *ENGINES]
    kills = [*victims, *(chance.choice(victims) for _ in range(KILLS - len(victims)))]
    bare = [await bare_restart(place.stack) for _ in range(2)]
    storm, found = await weather(place, kills)
    bare.append(await bare_restart(place.stack))
    told = figures(storm, median(bare))
    print(json.dumps(told, indent=1))
    if where := os.environ.get("SIGAP_FAULT_RESULTS"):
        Path(where).write_text(json.dumps(told, indent=1) + "\n")
    assert len(storm.ledger.acknowledged) > len(kills)
    assert found == []


@pytest.mark.parametrize(
    ("variant", "kills"),
    [("answer-before-commit", ["api"]), ("forget-request-keys", ["api"]), ("mark-before-sending", ["relay", "relay"])],
)
async def test_the_checker_catches_the_faulty_variant(place: Ground, variant: str, kills: list[str]) -> None:
    _, found = await weather(place, kills, ("tests.support.faulty_variants", variant), ("api", "relay"), 10)
    assert found, f"the checker did not notice {variant}"
