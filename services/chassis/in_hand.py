"""What a consumer has in hand: messages of different keys side by side, those of one key one after another.

A message is taken when the broker gave it and finished when its effect is committed. What may be committed of a
partition ends before its first unfinished message, whatever was finished behind that one: a crash gives the rest
again, and the inbox knows what was done. A key with an urgent message in hand begins before the others, with whatever
of it stands before that message; of four beginnings one stays with the others.
"""

import asyncio
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Set
from dataclasses import dataclass
from datetime import UTC, datetime

from aiokafka import ConsumerRecord
from aiokafka.structs import TopicPartition

Key = tuple[str, str]
"""Publisher and ordering key: what keeps an order."""
AHEAD_IN_A_ROW = 3
"""How many urgent keys begin one after the other while others wait: the next to begin is one of those."""
Handle = Callable[[ConsumerRecord], Awaitable[bool]]
"""Handles a message to its end; false when it was left as it is."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many messages are handled at once, and how many, and how many bytes of them, are in hand at most."""

    at_once: int
    messages: int
    size_bytes: int


@dataclass(slots=True, eq=False)
class Taken:
    """A message in hand."""

    raw: ConsumerRecord
    key: Key
    place: TopicPartition
    size_bytes: int
    is_urgent: bool
    is_started: bool = False


class InHand:
    """Messages that are being handled or wait for their key's turn."""

    def __init__(self, handle: Handle, bounds: Bounds) -> None:
        self._handle = handle
        self._bounds = bounds
        self._by_key: dict[Key, deque[Taken]] = {}
        self._ready: deque[Key] = deque()
        self._ready_ahead: deque[Key] = deque()
        self._urgent: Counter[Key] = Counter()
        self._ahead_in_a_row = 0
        self._unfinished: dict[TopicPartition, dict[int, Taken]] = {}
        self._next_offset: dict[TopicPartition, int] = {}
        self._tasks: dict[Taken, asyncio.Task[None]] = {}
        self._room = asyncio.Event()
        self._assignment = 0
        self.is_over = False
        self._size_bytes = 0
        self.count = 0

    async def take(self, raw: ConsumerRecord, key: Key, *, is_urgent: bool = False) -> None:
        """Lay a message behind those of its key, as soon as there is room for it; an urgent one hastens all of them.

        Until then nobody asks the broker for more. A message whose partition was given up meanwhile is let go.
        """
        size_bytes = len(raw.value or b"")
        assignment = self._assignment
        while not self._has_room(size_bytes):
            self._room.clear()
            await self._room.wait()
        if assignment != self._assignment or self.is_over:
            return
        taken = Taken(raw, key, TopicPartition(raw.topic, raw.partition), size_bytes, is_urgent)
        self._unfinished.setdefault(taken.place, {})[raw.offset] = taken
        self._next_offset[taken.place] = raw.offset + 1
        self.count += 1
        self._size_bytes += size_bytes
        waiting = self._by_key.setdefault(key, deque())
        waiting.append(taken)
        if is_urgent:
            self._urgent[key] += 1
        if len(waiting) == 1:
            self._make_ready(key)
            self._start()
        elif is_urgent and key in self._ready:
            self._ready.remove(key)
            self._make_ready(key)

    def depth(self, key: Key) -> int:
        """How many messages of a key are in hand."""
        return len(self._by_key.get(key, ()))

    def committable(self) -> dict[TopicPartition, int]:
        """By partition, the offset before which everything is finished."""
        return {
            place: min(self._unfinished.get(place, ()), default=offset) for place, offset in self._next_offset.items()
        }

    @property
    def oldest_at(self) -> datetime | None:
        """When the broker had the oldest message in hand."""
        told = [taken.raw.timestamp for waiting in self._by_key.values() for taken in waiting]
        return datetime.fromtimestamp(min(told) / 1000, UTC) if told else None

    @property
    def oldest_urgent_at(self) -> datetime | None:
        """When the broker had the oldest urgent message in hand."""
        told = [taken.raw.timestamp for key in self._urgent for taken in self._by_key[key] if taken.is_urgent]
        return datetime.fromtimestamp(min(told) / 1000, UTC) if told else None

    @property
    def urgent_count(self) -> int:
        """How many messages in hand are urgent."""
        return self._urgent.total()

    async def settle(self, places: Set[TopicPartition], within_seconds: float) -> None:
        """Start nothing more of these partitions, and give what was started some time to finish."""
        self._assignment += 1
        for key, waiting in list(self._by_key.items()):
            for taken in [taken for taken in waiting if taken.place in places and not taken.is_started]:
                waiting.remove(taken)
                self._let_go(taken)
            if not waiting:
                del self._by_key[key]
        ready = [key for key in (*self._ready_ahead, *self._ready) if key in self._by_key]
        self._ready_ahead.clear()
        self._ready.clear()
        for key in ready:
            self._make_ready(key)
        started = [task for taken, task in self._tasks.items() if taken.place in places]
        if started:
            await asyncio.wait(started, timeout=within_seconds)

    def forget(self, places: Set[TopicPartition]) -> None:
        """These partitions are somebody else's: nothing of them is committed from here."""
        for place in places:
            self._unfinished.pop(place, None)
            self._next_offset.pop(place, None)

    async def close(self, within_seconds: float) -> None:
        """Start nothing more; what was started may finish within the time."""
        self.is_over = True
        if self._tasks:
            await asyncio.wait(self._tasks.values(), timeout=within_seconds)

    async def end(self) -> None:
        """Break off what still runs: it was not committed, and will be given again."""
        self.is_over = True
        left = list(self._tasks.values())
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    def _has_room(self, size_bytes: int) -> bool:
        if self.is_over or not self.count:
            return True
        return self.count < self._bounds.messages and self._size_bytes + size_bytes <= self._bounds.size_bytes

    def _make_ready(self, key: Key) -> None:
        (self._ready_ahead if key in self._urgent else self._ready).append(key)

    def _next_key(self) -> Key:
        if self._ready_ahead and (not self._ready or self._ahead_in_a_row < AHEAD_IN_A_ROW):
            self._ahead_in_a_row += 1
            return self._ready_ahead.popleft()
        self._ahead_in_a_row = 0
        return self._ready.popleft()

    def _start(self) -> None:
        while (self._ready or self._ready_ahead) and len(self._tasks) < self._bounds.at_once and not self.is_over:
            taken = self._by_key[self._next_key()][0]
            taken.is_started = True
            self._tasks[taken] = asyncio.create_task(self._work(taken))

    async def _work(self, taken: Taken) -> None:
        is_finished = False
        try:
            is_finished = await self._handle(taken.raw)
        finally:
            del self._tasks[taken]
            self._finish(taken, is_finished)

    def _finish(self, taken: Taken, is_finished: bool) -> None:
        if not is_finished:
            # The next of its key may not overtake it, and the broker gives it again only to whoever starts anew.
            self.is_over = True
            self._room.set()
            return
        unfinished = self._unfinished.get(taken.place, {})
        if unfinished.get(taken.raw.offset) is taken:
            del unfinished[taken.raw.offset]
        waiting = self._by_key[taken.key]
        waiting.popleft()
        self._let_go(taken)
        if waiting:
            self._make_ready(taken.key)
        else:
            del self._by_key[taken.key]
        self._start()

    def _let_go(self, taken: Taken) -> None:
        self.count -= 1
        self._size_bytes -= taken.size_bytes
        if taken.is_urgent:
            self._urgent[taken.key] -= 1
            if not self._urgent[taken.key]:
                del self._urgent[taken.key]
        self._room.set()
