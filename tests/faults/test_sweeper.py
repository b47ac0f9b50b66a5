"""The process that sends messages is killed between claim, hand-over and record, at points that a seed chooses.

Invariant: each message is taken by the gateway once, by its key, and none is lost. The gateway counts and forgives
nothing. The faulty variant hands over without asking first.
"""

import asyncio
import json
import random
import threading
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from benchmarks.ground import Ground
from services.notifications.wiring import SERVICE
from tests.support.eventually import eventually
from tests.support.loopback import Answers, serving
from tests.support.notifications.pack import patient_as
from tests.support.notifications.story import Story
from tests.support.outspoken import settings_of
from tests.support.parts import Parts, kept
from tests.support.seeds import chosen_seed
from tests.support.services import Bench, bench_for

SEED = chosen_seed(7)
MESSAGES = 30
POINTS = ("before it is taken", "taken and not answered", "answered and not recorded")
SETTINGS: dict[str, Any] = {
    "sweep_rows": 12,
    "gateway_connections": 4,
    "gateway_timeout_seconds": 0.5,
    "sweep_lease_seconds": 2,
}


@dataclass
class Counting:
    """A gateway that counts what it takes, and has the sender killed at the posts of the plan."""

    plan: dict[int, str] = field(default_factory=dict)
    url: str = ""
    posts: int = 0
    taken: Counter[str] = field(default_factory=Counter)
    wanted: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    lock: threading.Lock = field(default_factory=threading.Lock)

    def point(self) -> str:
        """Where the sender of this post dies, if it does."""
        with self.lock:
            self.posts += 1
            return self.plan.get(self.posts, "")


@contextmanager
def counting() -> Iterator[Counting]:
    gateway = Counting()

    class Handler(Answers):
        def do_POST(self) -> None:
            reference, point = json.loads(self.body())["reference"], gateway.point()
            if point == POINTS[0]:
                gateway.wanted.release()
                return
            with gateway.lock:
                gateway.taken[reference] += 1
            if point == POINTS[1]:
                gateway.wanted.release()
                return
            self.say(202, b"{}")
            if point == POINTS[2]:
                gateway.wanted.release()

        def do_GET(self) -> None:
            known = gateway.taken[self.path.rsplit("/", 1)[-1]]
            self.say(200 if known else 404, b'{"state": "delivered"}')

    with serving(Handler) as gateway.url:
        yield gateway


@pytest.fixture(scope="module")
def gateway() -> Iterator[Counting]:
    with counting() as found:
        yield found


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def bench(place: Ground, gateway: Counting) -> AsyncIterator[Bench]:
    """A notifications whose lease is short; its relay runs apart, in a process that dies."""
    async with bench_for(SERVICE, place.stack, place.issuer, gateway_url=gateway.url, **SETTINGS) as found:
        await patient_as(found, timedelta(seconds=1), timedelta(seconds=2))
        yield found


async def told(bench: Bench, place: Ground) -> list[UUID]:
    """As many messages as reports, each due at once."""
    stories = [Story(bench, place.issuer) for _ in range(MESSAGES)]
    for story in stories:
        await story.hear(story.report_verified())
    return [message["id"] for story in stories for message in await story.messages()]


async def strikes(gateway: Counting, parts: Parts) -> None:
    """Kill the sender each time that the gateway's plan wants it."""
    for _ in gateway.plan:
        await asyncio.wait_for(asyncio.to_thread(gateway.wanted.acquire), 30)
        await parts.kill("relay")


async def breaches(bench: Bench, gateway: Counting, ids: list[UUID]) -> list[str]:
    """Wait until nothing is open; what the invariant finds."""

    async def all_ended() -> bool:
        return not await bench.value("SELECT count(*) FROM due_messages")

    await eventually(all_ended, within_seconds=40, what="every message ended")
    rows = await bench.rows("SELECT id, state FROM messages WHERE id = ANY($1)", ids)
    assert len(rows) == MESSAGES
    found = [f"{row['id']}: {row['state']}" for row in rows if row["state"] != "delivered"]
    taken = {one: gateway.taken[str(one)] for one in ids}
    return found + [f"{one}: taken {times} times" for one, times in taken.items() if times != 1]


async def lived_through(
    place: Ground, bench: Bench, gateway: Counting, plan: dict[int, str], *command: str
) -> list[str]:
    """Tell, kill by the plan, let everything settle; what is found."""
    gateway.plan, gateway.posts = plan, 0
    ids = await told(bench, place)
    async with kept(settings_of(bench), command, "relay") as parts:
        await strikes(gateway, parts)
        return await breaches(bench, gateway, ids)


def plan_of(seed: int) -> dict[int, str]:
    """A kill at each kind of point, at posts far enough apart to be of different sets."""
    chance = random.Random(seed)
    points = chance.sample(POINTS, len(POINTS))
    return {10 * number + chance.randint(1, 9): point for number, point in enumerate(points)}


async def test_each_message_is_taken_once_whenever_its_sender_dies(
    place: Ground, bench: Bench, gateway: Counting
) -> None:
    assert await lived_through(place, bench, gateway, plan_of(SEED), "services.notifications") == []


async def test_the_checker_catches_the_faulty_variant_that_hands_over_unasked(
    place: Ground, bench: Bench, gateway: Counting
) -> None:
    variant = ("tests.support.faulty_variants", "hand-over-unasked")
    found = await lived_through(place, bench, gateway, {3: POINTS[1]}, *variant)
    assert any("taken 2 times" in what for what in found), "the checker did not notice a message taken twice"
