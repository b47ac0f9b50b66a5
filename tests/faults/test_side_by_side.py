"""Many keys side by side, each message told twice in a shuffled order; three keys are held, the consumer is killed.

Invariant: each key in order, each fact applied once; whatever lies before a committed offset was applied, at every kill
too; and a key that is held holds no other. A key is held by its inbox row, which somebody else has written and not yet
committed. The faulty variants must be caught by the same checker.
"""

import asyncio
import random
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient

from benchmarks.ground import Ground, rows, service_environment
from deploy.local.records import partitions_of
from tests.support.eventually import eventually
from tests.support.parts import kept
from tests.support.seeds import chosen_seed
from tests.support.wire import handoff_of, wire

SEED = chosen_seed(24)
KEYS = 24
OF_EACH = 10
HELD = 3
HELD_FROM = 4
EFFECTS = "SELECT correlation_id, handoff_id FROM registry_checks ORDER BY recorded_at"
HOLD = "INSERT INTO inbox (fact_id, event_type, district) SELECT unnest($1::uuid[]), 'held', '35.24'"

Message = tuple[bytes, bytes, list[tuple[str, bytes]]]


@dataclass
class Story:
    """What was told of each key, in order: hand-off and message."""

    told: dict[UUID, list[tuple[UUID, UUID, Message]]] = field(default_factory=dict)

    def tell(self) -> None:
        for _ in range(KEYS):
            key = uuid4()
            for sequence in range(1, OF_EACH + 1):
                asked, fact_id = handoff_of(uuid4()), uuid4()
                message = wire(asked, subject=asked.handoff_id, correlation_id=key, sequence=sequence, fact_id=fact_id)
                self.told.setdefault(key, []).append((asked.handoff_id, fact_id, message))

    @property
    def held(self) -> dict[UUID, UUID]:
        """By key that is held, the fact that holds it."""
        return {key: facts[HELD_FROM][1] for key, facts in list(self.told.items())[:HELD]}

    def free(self) -> set[UUID]:
        """Hand-offs that nothing holds."""
        return {f[0] for key, facts in self.told.items() for f in facts[: HELD_FROM if key in self.held else None]}

    def shuffled(self, chance: random.Random) -> Iterator[Message]:
        """Each message twice, the second anywhere behind the first; the first ones in order within each key."""
        left = {key: [fact[2] for fact in facts] for key, facts in self.told.items()}
        again: list[Message] = []
        while left or again:
            if again and (not left or chance.random() < 0.5):
                yield again.pop(chance.randrange(len(again)))
                continue
            key = chance.choice(list(left))
            again.append(left[key].pop(0))
            yield again[-1]
            if not left[key]:
                del left[key]


async def feed(place: Ground, topic: str, story: Story) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=place.stack.kafka_bootstrap, acks="all")
    await producer.start()
    sent = []
    for key, body, headers in story.shuffled(random.Random(SEED)):
        sent.append(await producer.send(topic, body, key=key, headers=headers))
    await asyncio.gather(*sent)
    await producer.stop()


async def committed_too_far(place: Ground, url: str, group: str, topic: str) -> list[str]:
    """Facts before a committed offset that were not applied, read while nobody consumes."""
    admin = AIOKafkaAdminClient(bootstrap_servers=place.stack.kafka_bootstrap)
    reader = AIOKafkaConsumer(bootstrap_servers=place.stack.kafka_bootstrap, group_id=None)
    await asyncio.gather(admin.start(), reader.start())
    try:
        committed = {at: found.offset for at, found in (await admin.list_consumer_group_offsets(group)).items()}
        known = {str(row[0]) for row in await rows(url, "SELECT fact_id FROM inbox")}
        places = await partitions_of(place.stack.kafka_bootstrap, topic.__eq__)
        reader.assign(list(places))
        await reader.seek_to_beginning()
        told = []
        for at in places:
            while await reader.position(at) < committed.get(at, 0):
                record = await reader.getone(at)
                fact = dict(record.headers)["ce_factid"].decode()
                if record.offset < committed[at] and fact not in known:
                    told.append(f"committed and not applied: {fact}")
        return told
    finally:
        await asyncio.gather(admin.close(), reader.stop())


def out_of_order(story: Story, found: list[asyncpg.Record]) -> list[str]:
    """Keys whose facts were not applied once each, in order."""
    applied: dict[UUID, list[UUID]] = {}
    for row in found:
        applied.setdefault(row["correlation_id"], []).append(row["handoff_id"])
    expected = {key: [fact[0] for fact in facts] for key, facts in story.told.items()}
    return [f"of {key}: {len(applied.get(key, []))} of {len(order)}, or in another order"
            for key, order in expected.items() if applied.get(key) != order]  # fmt: skip


async def breaches(place: Ground, command: tuple[str, ...], *, kills: bool) -> list[str]:
    """Feed, hold, kill in the middle, leave while held, let go and start again; what the invariant finds."""
    environment, prefix = await service_environment(place, "intake")
    url, topic = environment["INTAKE_DATABASE_URL"], f"{prefix}casework.handoffs"
    story = Story()
    story.tell()
    await feed(place, topic, story)
    holder = await asyncpg.connect(url)
    holding = holder.transaction()
    await holding.start()
    await holder.execute(HOLD, list(story.held.values()))
    try:
        async with kept(environment, command, "consumer") as parts:

            async def applied(count: int) -> bool:
                return len(await rows(url, EFFECTS)) >= count

            if kills:
                await eventually(lambda: applied(len(story.free()) // 3), within_seconds=90, what="the first third")
                await parts.kill("consumer")
            with suppress(AssertionError):
                await eventually(lambda: applied(len(story.free())), within_seconds=90)
            await parts.leave("consumer")
            wrong = {row["handoff_id"] for row in await rows(url, EFFECTS)} ^ story.free()
            told = [f"{len(wrong)} facts overtook one of their key, or waited for another key"] if wrong else []
            told += await committed_too_far(place, url, f"{prefix}intake", topic)
            if told:
                return told
            await holding.rollback()
            parts.join("consumer")
            with suppress(AssertionError):
                await eventually(lambda: applied(KEYS * OF_EACH), within_seconds=90)
    finally:
        await holder.close()
    set_aside = await rows(url, "SELECT error_code FROM dead_letters")
    return out_of_order(story, await rows(url, EFFECTS)) + [f"set aside: {row[0]}" for row in set_aside]


async def test_keys_go_side_by_side_each_in_order_and_none_is_lost(place: Ground) -> None:
    assert await breaches(place, ("services.intake",), kills=True) == []


@pytest.mark.parametrize("variant", ["acknowledge-the-highest-finished", "ignore-keys"])
async def test_the_checker_catches_the_faulty_variant(place: Ground, variant: str) -> None:
    command = "tests.support.faulty_variants", variant
    assert await breaches(place, command, kills=False), f"the checker did not notice {variant}"
