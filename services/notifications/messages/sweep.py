"""What is due of messages, set by set: claimed, prepared, carried to the gateway and recorded.

Nothing is held in the database while the gateway is spoken to. A set whose process died is due again at the end of its
lease, and the gateway is asked for what an earlier claim may have handed over.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import replace
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

    async def turn(self, stop: asyncio.Event) -> bool:
        """Carry one set; what fails as a set, by a fault of ours, is tried message by message."""
        ids = await self._perform(lambda uow: commands.claim_messages(self._rows, self._lease, uow))
        try:
            await self._carry(ids, stop)
        except Unavailable:
            raise
        except Exception as error:
            log().error("messages_not_carried", messages=len(ids), exc_info=error)
            await self._carry_each(ids, stop)
        return bool(ids)

    async def look_at_all(self) -> None:
        """Every open message is due now."""
        await self._perform(commands.revisit_messages)

    async def close(self) -> None:
        """Let go of the channel."""
        await self._channel.close()

    async def _carry_each(self, ids: Sequence[UUID], stop: asyncio.Event) -> None:
        for message_id in ids:
            try:
                await self._carry([message_id], stop, is_first=False)
            except Unavailable:
                raise
            except Exception as error:
                log().error("message_not_carried", message_id=str(message_id), exc_info=error)

    async def _carry(self, ids: Sequence[UUID], stop: asyncio.Event, *, is_first: bool = True) -> None:
        if not ids:
            return
        errands = await self._perform(lambda uow: commands.prepare_messages(ids, uow, self._private_key))
        errands = [replace(errand, is_first_try=errand.is_first_try and is_first) for errand in errands]
        outcomes = await _Set(self._channel, self._connections, self._begins_within, stop).run(errands)
        if outcomes:
            await self._perform(lambda uow: commands.record_outcomes(outcomes, uow))

    async def _perform(self, work: Callable[[UnitOfWork], Awaitable[T]]) -> T:
        return await self._running.units.perform(work, principal=self._running.principal)


class _Set:
    """Errands of one claim, several at a time, for as long as its lease allows."""

    def __init__(self, channel: Channel, connections: int, begins_within: float, stop: asyncio.Event) -> None:
        self._channel = channel
        self._connections = connections
        self._ends_at = time.monotonic() + begins_within
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
