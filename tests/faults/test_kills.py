"""``kill -9`` of processes and engines while a client posts and keeps its own list.

Invariant: what was acknowledged is there, once, under the id that was answered; one key has one effect; every fact of
it left. Seeded; small here, whole with ``SIGAP_FAULT_KILLS=200``. Each twin must be caught by the same checker.
"""

import asyncio
import os
import random
import signal
import sys
import time
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx2
import pytest

from benchmarks.ground import Ground, ground, service_environment
from benchmarks.intake import body
from deploy.local.places import CHECKOUT
from tests.support.eventually import eventually

SEED = 20
KILLS = int(os.environ.get("SIGAP_FAULT_KILLS", "8"))
CLIENTS = 4


@dataclass
class Ledger:
    """What the client knows: which id was answered for which key; keys asked more than once."""

    acknowledged: dict[UUID, str] = field(default_factory=dict)
    contradictions: list[UUID] = field(default_factory=list)
    recoveries: list[float] = field(default_factory=list)


class Parts:
    """Intake as separate processes that are started again when they die, as a supervisor would."""

    def __init__(self, environment: dict[str, str], command: list[str]) -> None:
        self._environment = environment
        self._command = command
        self._processes: dict[str, asyncio.subprocess.Process] = {}
        self._keepers: list[asyncio.Task[None]] = []
        self._stopping = False

    async def start(self) -> None:
        for part in ("api", "relay"):
            self._keepers.append(asyncio.create_task(self._keep(part)))
        await asyncio.sleep(0)

    async def _keep(self, part: str) -> None:
        while not self._stopping:
            self._processes[part] = process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", *self._command, part, cwd=CHECKOUT, env={**os.environ, **self._environment},
                stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
            )  # fmt: skip
            await process.wait()

    def kill(self, part: str) -> None:
        process = self._processes.get(part)
        if process is not None and process.returncode is None:
            process.send_signal(signal.SIGKILL)

    async def stop(self) -> None:
        self._stopping = True
        for process in self._processes.values():
            if process.returncode is None:
                process.terminate()
        await asyncio.gather(*self._keepers)


async def post_until(stop: asyncio.Event, url: str, token: str, ledger: Ledger) -> None:
    """Post under one key until it is acknowledged, then again under the same key, then a new one."""
    async with httpx2.AsyncClient(timeout=8) as client:
        while not stop.is_set():
            key, content = uuid4(), body()
            answered: set[str] = set()
            headers = {
                "Authorization": f"Bearer {token}", "Idempotency-Key": str(key), "Content-Type": "application/json"
            }  # fmt: skip
            while not stop.is_set() and len(answered) == 0:
                try:
                    answer = await client.post(url, content=content, headers=headers)
                    if answer.status_code == 201:
                        answered.add(answer.json()["report_id"])
                except httpx2.HTTPError:
                    pass
                await asyncio.sleep(0.01)
            if answered:
                ledger.acknowledged[key] = next(iter(answered))
                try:
                    again = await client.post(url, content=content, headers=headers)
                    if again.status_code == 201 and again.json()["report_id"] not in answered:
                        ledger.contradictions.append(key)
                except httpx2.HTTPError:
                    pass


async def storm(place: Ground, command: list[str], kills: list[str]) -> tuple[Ledger, dict[str, Any]]:
    """Run the client under kills, let everything settle, and look."""
    chance = random.Random(SEED)
    environment, prefix = await service_environment(place, "intake")
    parts, ledger, stop = Parts(environment, command), Ledger(), asyncio.Event()
    url = f"http://127.0.0.1:{environment['INTAKE_HTTP_PORT']}/intake"
    await parts.start()
    await _ready(url)
    token = place.issuer.token(roles=["caseworker"], expires_in_seconds=36_000)
    clients = [asyncio.create_task(post_until(stop, f"{url}/reports", token, ledger)) for _ in range(CLIENTS)]
    for victim in kills:
        await asyncio.sleep(chance.uniform(0.5, 1.5))
        before = len(ledger.acknowledged)
        begun = time.perf_counter()
        if victim in ("postgres", "kafka"):
            await place.stack.kill(victim)
            await place.stack.start(victim)
        else:
            parts.kill(victim)

        async def acknowledged_again(before: int = before) -> bool:
            return len(ledger.acknowledged) > before + CLIENTS

        await eventually(acknowledged_again, within_seconds=60, what=f"writes after the end of {victim}")
        ledger.recoveries.append(time.perf_counter() - begun)
    stop.set()
    await asyncio.gather(*clients)
    await _ready(url)
    found = await _look(environment["INTAKE_DATABASE_URL"])
    found["prefix"] = prefix
    await parts.stop()
    return ledger, found


async def _ready(url: str) -> None:
    async with httpx2.AsyncClient(timeout=5) as client:

        async def ask() -> bool:
            try:
                return (await client.get(f"{url}/health/ready")).status_code == 200
            except httpx2.HTTPError:
                return False

        await eventually(ask, within_seconds=60, what="intake ready")


async def _look(url: str) -> dict[str, Any]:
    connection = await asyncpg.connect(url)
    try:

        async def all_sent() -> bool:
            return bool(await connection.fetchval("SELECT count(*) FROM outbox WHERE sent_at IS NULL") == 0)

        await eventually(all_sent, within_seconds=60, what="the outbox to empty")
        return {
            "reports": [str(row["id"]) for row in await connection.fetch("SELECT id FROM reports")],
            "keys": {
                row["key"]: row["report_id"]
                for row in await connection.fetch("SELECT key, answer->>'report_id' AS report_id FROM request_keys")
            },
            "facts": await connection.fetchval("SELECT count(*) FROM outbox"),
        }
    finally:
        await connection.close()


def breaches(ledger: Ledger, found: dict[str, Any]) -> list[str]:
    """What the invariant finds."""
    there = set(found["reports"])
    told = [f"lost: {report}" for report in ledger.acknowledged.values() if report not in there]
    told += [f"two effects: {key}" for key in ledger.contradictions]
    told += [f"other answer: {key}" for key, report in ledger.acknowledged.items() if found["keys"].get(key) != report]
    if len(there) != len(found["keys"]):
        told.append(f"{len(there)} reports for {len(found['keys'])} keys")
    if found["facts"] != len(there):
        told.append(f"{found['facts']} facts for {len(there)} reports")
    return told


async def test_nothing_acknowledged_is_lost_and_no_effect_is_doubled() -> None:
    chance = random.Random(SEED)
    victims = ["api", "relay", "postgres", "kafka"]
    kills = [*victims, *(chance.choice(victims) for _ in range(KILLS - len(victims)))]
    async with ground("postgres", "kafka", "temporal") as place:
        ledger, found = await storm(place, ["services.intake"], kills)
    print(
        f"{len(kills)} kills, {len(ledger.acknowledged)} acknowledged, slowest recovery {max(ledger.recoveries):.1f} s"
    )
    assert len(ledger.acknowledged) > len(kills)
    assert breaches(ledger, found) == []


@pytest.mark.parametrize("twin", ["answer-before-commit", "forget-request-keys"])
async def test_the_checker_catches_the_broken_twin(twin: str) -> None:
    async with ground("postgres", "kafka", "temporal") as place:
        ledger, found = await storm(place, ["tests.support.twins", twin], ["api", "api"])
    assert breaches(ledger, found), f"the checker did not notice {twin}"
