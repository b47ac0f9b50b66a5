"""Messages in hand, on a broker of a few lists: taken, handled in uneven time, given up and given again, by a seed.

Invariant: a key's messages are handled in order, and nothing unfinished lies before what may be committed. The faulty
variants must be caught by the same checker.
"""

import asyncio
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka.structs import TopicPartition

from services.chassis.in_hand import Bounds, InHand, Key
from tests.support.eventually import eventually
from tests.support.faulty_variants import broken

SEEDS = range(25)
PARTITIONS = 3
MESSAGES = 60
KEYS = 7
KEY: Key = ("intake", "a")
BOUNDS = Bounds(at_once=5, messages=12, size_bytes=600)


def message(partition: int, offset: int, key: str, size: int = 10, *, is_urgent: bool = False) -> Any:
    return SimpleNamespace(
        topic="intake.reports",
        partition=partition,
        offset=offset,
        timestamp=offset,
        value=b"x" * size,
        key=key,
        is_urgent=is_urgent,
    )


@dataclass
class Run:
    """Partitions with their messages, what was handled, and where each partition stands."""

    chance: random.Random
    partitions: dict[TopicPartition, list[Any]] = field(default_factory=dict)
    handled: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    effects: set[tuple[int, int]] = field(default_factory=set)
    committed: dict[TopicPartition, int] = field(default_factory=dict)
    breaches: list[str] = field(default_factory=list)
    most: int = 0
    running: int = 0

    def fill(self) -> None:
        for number in range(PARTITIONS):
            # A key lies in one partition of a topic, as the broker places it.
            keys = [f"k{number}-{key}" for key in range(KEYS)]
            told = [
                message(number, offset, self.chance.choice(keys), is_urgent=self.chance.random() < 0.2)
                for offset in range(MESSAGES)
            ]
            self.partitions[TopicPartition("intake.reports", number)] = told

    async def handle(self, raw: Any) -> bool:
        self.running += 1
        self.most = max(self.most, self.running)
        for _ in range(self.chance.randrange(6)):
            await asyncio.sleep(0)
        self.running -= 1
        place = raw.partition, raw.offset
        if place not in self.effects:
            self.effects.add(place)
            self.handled.setdefault(raw.key, []).append(place)
        return True

    def commit(self, in_hand: InHand) -> None:
        for place, offset in in_hand.committable().items():
            self.committed[place] = offset
            for raw in self.partitions[place][:offset]:
                if (raw.partition, raw.offset) not in self.effects:
                    self.breaches.append(f"committed past {raw.partition}:{raw.offset}")

    def mixed(self) -> Iterator[Any]:
        """What is not committed yet, in order within each partition and in none across them."""
        left = [told[self.committed.get(place, 0) :] for place, told in self.partitions.items()]
        while left := [told for told in left if told]:
            yield self.chance.choice(left).pop(0)


async def feed(run: Run, in_hand: InHand, count: int) -> None:
    """Take some messages, committing now and then."""
    for number, raw in enumerate(run.mixed()):
        if number == count:
            return
        await in_hand.take(raw, ("intake", raw.key), is_urgent=raw.is_urgent)
        if in_hand.count > BOUNDS.messages:
            run.breaches.append(f"{in_hand.count} in hand")
        if run.chance.random() < 0.3:
            run.commit(in_hand)


async def through(seed: int) -> Run:
    """Feed, give all partitions up in the middle and get them again, until everything is through."""
    run = Run(random.Random(seed))
    run.fill()
    in_hand = InHand(run.handle, BOUNDS)
    total = PARTITIONS * MESSAGES
    for _ in range(4):
        await feed(run, in_hand, run.chance.randrange(total))
        await in_hand.settle(set(run.partitions), run.chance.choice([0, 0.001]))
        run.commit(in_hand)
        in_hand.forget(set(run.partitions))
    await feed(run, in_hand, total)

    async def nothing_left() -> bool:
        return not in_hand.count

    await eventually(nothing_left, within_seconds=5)
    run.commit(in_hand)
    if in_hand.urgent_count or in_hand.oldest_urgent_at:
        run.breaches.append("what is urgent is left in hand")
    run.breaches += [f"{key} out of order" for key, places in run.handled.items() if places != sorted(places)]
    if len(run.effects) != total or set(run.committed.values()) != {MESSAGES}:
        run.breaches.append(f"{len(run.effects)} of {total} handled, committed {run.committed}")
    return run


@pytest.mark.parametrize("seed", SEEDS)
async def test_a_key_keeps_its_order_and_nothing_unfinished_is_committed(seed: int) -> None:
    run = await through(seed)
    assert run.breaches == []
    assert 1 < run.most <= BOUNDS.at_once


@pytest.mark.parametrize("variant", ["acknowledge-the-highest-finished", "ignore-keys", "overtake-in-hand"])
async def test_the_checker_catches_the_faulty_variant(variant: str) -> None:
    with broken(variant):
        assert (await through(0)).breaches, f"the checker did not notice {variant}"


async def test_there_is_room_for_so_many_bytes_and_for_one_message_of_any_size() -> None:
    done = asyncio.Event()

    async def handle(_: Any) -> bool:
        return await done.wait()

    in_hand = InHand(handle, Bounds(at_once=2, messages=10, size_bytes=100))
    await in_hand.take(message(0, 0, "a", 900), KEY)
    waiting = asyncio.create_task(in_hand.take(message(0, 1, "b", 60), KEY))
    await asyncio.sleep(0)
    assert not waiting.done()
    done.set()
    await asyncio.wait_for(waiting, 2)


async def test_what_was_left_is_not_overtaken_by_the_next_of_its_key() -> None:
    given: list[int] = []

    async def leave(raw: Any) -> bool:
        given.append(raw.offset)
        return False

    in_hand = InHand(leave, BOUNDS)
    for offset in range(3):
        await in_hand.take(message(0, offset, "a"), KEY)
    await in_hand.close(1)
    assert given == [0]
    assert in_hand.is_over
    assert in_hand.committable() == {TopicPartition("intake.reports", 0): 0}


async def test_the_oldest_in_hand_is_the_oldest_of_all_keys() -> None:
    done = asyncio.Event()

    async def handle(raw: Any) -> bool:
        return raw.offset == 7 or await done.wait()

    in_hand = InHand(handle, BOUNDS)
    for offset in (3000, 7, 9000):
        await in_hand.take(message(0, offset, "a"), ("intake", f"k{offset}"))
    await asyncio.sleep(0)
    assert in_hand.oldest_at == datetime.fromtimestamp(3, UTC)
    done.set()
    await in_hand.close(1)
    assert in_hand.oldest_at is None


async def begun(plain: int, urgent: int, *, late: tuple[str, ...] = ()) -> list[str]:
    """In which order keys begin that came behind one that works: plain ones, then urgent ones, then ``late`` messages.

    A late message is urgent; the name of its key says which it hastens.
    """
    order: list[str] = []
    free = asyncio.Event()

    async def handle(raw: Any) -> bool:
        order.append(raw.key)
        return await free.wait()

    in_hand = InHand(handle, Bounds(at_once=1, messages=2048, size_bytes=100_000))
    keys = [("first", False), *((f"p{number}", False) for number in range(plain))]
    keys += [*((f"u{number}", True) for number in range(urgent)), *((key, True) for key in late)]
    for offset, (key, is_urgent) in enumerate(keys):
        await in_hand.take(message(0, offset, key), ("intake", key), is_urgent=is_urgent)
        await asyncio.sleep(0)
    free.set()

    async def nothing_left() -> bool:
        return not in_hand.count

    await eventually(nothing_left, within_seconds=5)
    return order[1:]


async def test_an_urgent_key_behind_a_flood_begins_next() -> None:
    assert (await begun(1000, 1))[:3] == ["u0", "p0", "p1"]


async def test_of_four_beginnings_one_stays_with_what_is_not_urgent() -> None:
    order = await begun(4, 12)
    assert order == ["u0", "u1", "u2", "p0", "u3", "u4", "u5", "p1", "u6", "u7", "u8", "p2", "u9", "u10", "u11", "p3"]


async def test_an_urgent_message_hastens_what_its_key_has_before_it() -> None:
    assert await begun(3, 0, late=("p2",)) == ["p2", "p2", "p0", "p1"]


async def test_a_key_is_hastened_only_until_its_last_urgent_message_is_done() -> None:
    order: list[int] = []
    free = asyncio.Event()

    async def handle(raw: Any) -> bool:
        order.append(raw.offset)
        return await free.wait()

    in_hand = InHand(handle, Bounds(at_once=1, messages=100, size_bytes=100_000))
    told = ("a", False), ("b", False), ("c", True), ("c", False), ("d", False)
    for offset, (key, is_urgent) in enumerate(told):
        await in_hand.take(message(0, offset, key), ("intake", key), is_urgent=is_urgent)
    assert in_hand.urgent_count == 1
    assert in_hand.oldest_urgent_at == datetime.fromtimestamp(0.002, UTC)
    free.set()

    async def nothing_left() -> bool:
        return not in_hand.count

    await eventually(nothing_left, within_seconds=5)
    assert order == [0, 2, 1, 4, 3]
    assert in_hand.oldest_urgent_at is None
