"""What is due of messages, set by set: claimed, prepared, carried to the gateway and recorded.

Nothing is held in the database while the gateway is spoken to. A set whose process died is due again at the end of its
lease, and the gateway is asked for what an earlier claim may have handed over. When more is due than one set holds, two
lanes share it: while the set of one is at the gateway, that of the other is recorded and its next one prepared.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TypeVar
from uuid import UUID

from services.chassis.database import UnitOfWork, current_traceparent
from services.chassis.errors import Unavailable
from services.chassis.service import Running
from services.chassis.telemetry import following_span, log
from services.notifications.channels.domain import Channel, ChannelIsAway, ChannelRefused
from services.notifications.messages import commands, repository
from services.notifications.messages.commands import Errand, Outcome
from services.notifications.settings import NotificationsSettings

T = TypeVar("T")

TURN_SECONDS = 5.0
"""A turn begins no set after so long: between turns the sweeper looks at the database's clock."""


@dataclass(frozen=True, slots=True)
class _Claim:
    """Messages of ours until their lease ends; none of them is begun after ``ends_at``, by the process's stopwatch."""

    ids: Sequence[UUID]
    ends_at: float


class MessageSweep:
    """Carries messages over one channel."""

    next_due = repository.NEXT_DUE

    def __init__(self, running: Running, channel: Channel) -> None:
        settings: NotificationsSettings = running.settings
        self._running = running
        self._channel = channel
        self._rows = settings.sweep_rows
        self._connections = settings.gateway_connections
        self._lease = timedelta(seconds=settings.sweep_lease_seconds)
        self._begins_within = settings.sweep_lease_seconds - settings.longest_errand_seconds
        self._private_key = settings.sealing_private_key
        self._gateway = asyncio.Lock()

    async def turn(self, stop: asyncio.Event) -> bool:
        """Carry what is due for some seconds; what fails as a set, by a fault of ours, is tried message by message."""
        ends_at = time.monotonic() + TURN_SECONDS
        claims = [await self._claim()]
        if len(claims[0].ids) == self._rows:
            claims.append(await self._claim())
        # A lane whose set is with the gateway ends it, though the other one failed.
        ended = await asyncio.gather(
            *(self._take_lane(claim, ends_at, stop) for claim in claims), return_exceptions=True
        )
        for error in filter(None, ended):
            raise error
        return bool(claims[0].ids)

    async def look_at_all(self) -> None:
        """Every open message is due now."""
        await self._perform(commands.revisit_messages)

    async def close(self) -> None:
        """Let go of the channel."""
        await self._channel.close()

    async def _claim(self) -> _Claim:
        ends_at = time.monotonic() + self._begins_within
        return _Claim(await self._perform(lambda uow: commands.claim_messages(self._rows, self._lease, uow)), ends_at)

    async def _take_lane(self, claim: _Claim, ends_at: float, stop: asyncio.Event) -> None:
        while claim.ids:
            try:
                await self._carry(claim, stop)
            except Unavailable:
                raise
            except Exception as error:
                log().error("messages_not_carried", messages=len(claim.ids), exc_info=error)
                await self._carry_each(claim, stop)
            if len(claim.ids) < self._rows or stop.is_set() or time.monotonic() > ends_at:
                return
            claim = await self._claim()

    async def _carry_each(self, claim: _Claim, stop: asyncio.Event) -> None:
        for message_id in claim.ids:
            try:
                await self._carry(_Claim([message_id], claim.ends_at), stop, is_first=False)
            except Unavailable:
                raise
            except Exception as error:
                log().error("message_not_carried", message_id=str(message_id), exc_info=error)

    async def _carry(self, claim: _Claim, stop: asyncio.Event, *, is_first: bool = True) -> None:
        errands = await self._perform(lambda uow: commands.prepare_messages(claim.ids, uow, self._private_key))
        errands = [replace(errand, is_first_try=errand.is_first_try and is_first) for errand in errands]
        async with self._gateway:
            outcomes = await _Set(self._channel, self._connections, claim.ends_at, stop).run(errands)
        if outcomes:
            await self._perform(lambda uow: commands.record_outcomes(outcomes, uow))

    async def _perform(self, work: Callable[[UnitOfWork], Awaitable[T]]) -> T:
        return await self._running.units.perform(work, principal=self._running.principal)


class _Set:
    """Errands of one claim, several at a time, for as long as its lease allows."""

    def __init__(self, channel: Channel, connections: int, ends_at: float, stop: asyncio.Event) -> None:
        self._channel = channel
        self._connections = connections
        self._ends_at = ends_at
        self._stop = stop
        self._away_in_a_row = 0

    async def run(self, errands: Sequence[Errand]) -> list[Outcome]:
        """What came of each. What is not begun in time, or after the gateway showed itself away, is left."""
        waiting = iter(errands)
        outcomes: list[Outcome] = []
        async with asyncio.TaskGroup() as group:
            for _ in range(min(self._connections, len(errands))):
                group.create_task(self._work(waiting, outcomes))
        return outcomes

    async def _work(self, waiting: Iterator[Errand], outcomes: list[Outcome]) -> None:
        for errand in waiting:
            outcomes.append(await self._do(errand) if self._goes_on() else _left(errand))

    def _goes_on(self) -> bool:
        # As many in a row as there are connections: each of them has found nobody there.
        is_away = self._away_in_a_row >= self._connections
        return not (is_away or self._stop.is_set() or time.monotonic() > self._ends_at)

    async def _do(self, errand: Errand) -> Outcome:
        name = "send message" if errand.to else "ask for delivery"
        ids = {"message_id": str(errand.message_id), "case_id": str(errand.correlation_id)}
        with following_span(name, errand.traceparent, **ids):
            try:
                outcome = await self._ask(errand, current_traceparent())
            except ChannelIsAway:
                self._away_in_a_row += 1
                return Outcome(errand.message_id, current_traceparent())
            self._away_in_a_row = 0
            return outcome

    async def _ask(self, errand: Errand, traceparent: str) -> Outcome:
        if not errand.to:
            return Outcome(errand.message_id, traceparent, report=await self._channel.state(errand.message_id))
        match await self._channel.send(errand.message_id, errand.to, errand.body, is_first_try=errand.is_first_try):
            case ChannelRefused(reason_code=reason):
                return Outcome(errand.message_id, traceparent, refusal=reason)
            case None:
                return Outcome(errand.message_id, traceparent, is_taken=True)


def _left(errand: Errand) -> Outcome:
    return Outcome(errand.message_id, errand.traceparent, is_left=True)
