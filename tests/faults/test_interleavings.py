"""Several requests with one key at once, from clients that hang up, lose patience and try again, under kills.

Invariant: whatever the interleaving, the key has one effect, says one fact, and everybody who gets an answer gets the
same one. Seeded; small here, whole with ``SIGAP_FAULT_INTERLEAVINGS=200``. The faulty variant must be caught by the
same checker.
"""

import asyncio
import os
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from uuid import UUID, uuid4

import httpx2

from benchmarks.ground import Ground, free_port, rows, service_environment
from benchmarks.intake import body
from tests.support.connections import CUT
from tests.support.parts import Parts, kept, until_ready
from tests.support.seeds import chosen_seed

SEED = chosen_seed(21)
INTERLEAVINGS = int(os.environ.get("SIGAP_FAULT_INTERLEAVINGS", "12"))


@dataclass(slots=True)
class TwoApis:
    """Intake twice over, behind two ports, on one database."""

    urls: list[str]
    database_url: str
    headers: dict[str, str]
    parts: Parts


@asynccontextmanager
async def two_of_intake(place: Ground, command: list[str]) -> AsyncIterator[TwoApis]:
    environment, _ = await service_environment(place, "intake")
    second = {"INTAKE_HTTP_PORT": str(free_port()), "INTAKE_PROCESS_SLOT": "1"}
    urls = [f"http://127.0.0.1:{found['INTAKE_HTTP_PORT']}/intake" for found in (environment, second)]
    token = place.issuer.token(roles=["caseworker"], expires_in_seconds=36_000)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    async with kept(environment, command, "api") as parts:
        parts.join("api", "second", second)
        await asyncio.gather(*map(until_ready, urls))
        yield TwoApis(urls, environment["INTAKE_DATABASE_URL"], headers, parts)


async def insist(intake: TwoApis, content: bytes, key: UUID, chance: random.Random) -> str:
    """One client: starts at a moment of its own, may hang up or lose patience, and tries until it has an answer."""
    await asyncio.sleep(chance.uniform(0, 0.05))
    impatience = [chance.uniform(0.001, 0.03) for _ in range(chance.randrange(4))]
    headers = {**intake.headers, "Idempotency-Key": str(key)}
    while True:
        async with httpx2.AsyncClient(timeout=8) as client:
            with suppress(httpx2.HTTPError, TimeoutError):
                async with asyncio.timeout(impatience.pop() if impatience else 10):
                    url = f"{chance.choice(intake.urls)}/reports"
                    answer = await client.post(url, content=content, headers=headers)
                    if answer.is_success:
                        found: str = answer.json()["report_id"]
                        return found
                    assert answer.status_code in (409, 503), answer.text
        await asyncio.sleep(chance.uniform(0, 0.03))


async def disturb(intake: TwoApis, chance: random.Random) -> str:
    """At a moment of its own: nothing, a killed process, or every connection of the database cut."""
    await asyncio.sleep(chance.uniform(0, 0.08))
    what = chance.choice(["nothing", "kill", "cut"])
    if what == "kill":
        await intake.parts.kill(chance.choice(["api", "second"]))
    if what == "cut":
        await rows(intake.database_url, CUT)
    return what


async def breaches(intake: TwoApis, count: int) -> list[str]:
    """Run so many interleavings; what the invariant finds."""
    told: list[str] = []
    disturbances: list[str] = []
    answers: dict[UUID, list[str]] = {}
    for number in range(count):
        chance = random.Random(SEED * 1000 + number)
        key, content = uuid4(), body()
        clients = [insist(intake, content, key, random.Random(chance.random())) for _ in range(chance.randint(2, 6))]
        disturbance = asyncio.create_task(disturb(intake, chance))
        async with asyncio.timeout(60):
            answers[key] = list(await asyncio.gather(*clients))
        disturbances.append(await disturbance)
    await asyncio.gather(*map(until_ready, intake.urls))
    for key, given in answers.items():
        made = await rows(intake.database_url, "SELECT aggregate_id::text FROM actions WHERE causation_id = $1", key)
        said = await rows(
            intake.database_url,
            "SELECT headers->>'ce_subject' FROM outbox WHERE headers->>'ce_causationid' = $1",
            str(key),
        )
        if not {row[0] for row in made} == {row[0] for row in said} == set(given) or len(made) != 1 or len(said) != 1:
            told.append(f"{len(made)} effects, {len(said)} facts, {len(set(given))} answers under {key}")
    print(f"{count} interleavings, {sum(map(len, answers.values()))} clients, {disturbances.count('kill')} kills")
    return told


async def test_a_key_has_one_effect_in_every_interleaving(place: Ground) -> None:
    async with two_of_intake(place, ["services.intake"]) as intake:
        assert await breaches(intake, INTERLEAVINGS) == []


async def test_the_checker_catches_the_faulty_variant_that_forgets_keys(place: Ground) -> None:
    async with two_of_intake(place, ["tests.support.faulty_variants", "forget-request-keys"]) as intake:
        assert await breaches(intake, 2), "the checker did not notice forget-request-keys"
