"""What readiness asks: a check for each thing that a process needs, and how far behind it is."""

import asyncio
import os
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import httpx2

from services.chassis.consumer import Consumer
from services.chassis.database import DATABASE_AWAY, Units
from services.chassis.outbox import Relay
from services.chassis.settings import ServiceSettings
from services.chassis.sweeper import Sweeper
from services.chassis.web import IDENTITY, Check

if TYPE_CHECKING:
    from services.chassis.temporal import WorkflowWorker

IDENTITY_EVERY_SECONDS = 5.0
IDENTITY_WITHIN_SECONDS = 3.0
SWEEPER_WITHIN_SECONDS = 120.0


def database_check(units: Units) -> Check:
    """The database answers within two seconds."""

    async def check() -> tuple[str, bool, str]:
        try:
            await asyncio.wait_for(units.pool.fetchval("SELECT 1"), 2)
        except DATABASE_AWAY as error:
            return "database", False, type(error).__name__
        return "database", True, ""

    return check


def disk_check(settings: ServiceSettings) -> Check:
    """There is room where the process writes."""

    async def check() -> tuple[str, bool, str]:
        free = min(free_bytes(folder) for folder in settings.folders_that_fill)
        return "disk", free >= settings.disk_room_limit_bytes, f"{free // 2**20} MiB free"

    return check


def free_bytes(folder: Path) -> int:
    """Room on the disk of a folder, for whoever may not use the reserve; of the nearest folder above it that exists."""
    while not folder.exists():
        folder = folder.parent
    disk = os.statvfs(folder)
    return disk.f_bavail * disk.f_frsize


def relay_check(relay: Relay) -> Check:
    """A relay turns, or stands by for the one that does."""

    async def check() -> tuple[str, bool, str]:
        turns = time.monotonic() - relay.last_turn < 5
        ok = (relay.is_active or relay.stood_by) and turns
        return f"relay-{relay.transport_name}", ok, "stand-by" if relay.stood_by else "" if ok else "not relaying"

    return check


def sweeper_check(sweeper: Sweeper) -> Check:
    """The sweeper looks at what is due, or stands by for the one that does; a set may take its time."""

    async def check() -> tuple[str, bool, str]:
        turns = time.monotonic() - sweeper.last_turn < SWEEPER_WITHIN_SECONDS
        ok = (sweeper.is_active or sweeper.stood_by) and turns
        return "sweeper", ok, "stand-by" if sweeper.stood_by else "" if ok else "not sweeping"

    return check


def outbox_check(units: Units, limit_seconds: int) -> Check:
    """Nothing has waited in the outbox for too long."""

    async def check() -> tuple[str, bool, str]:
        try:
            age = await asyncio.wait_for(
                units.pool.fetchval(
                    "SELECT coalesce(extract(epoch FROM now() - min(recorded_at)), 0)::float"
                    " FROM outbox WHERE sent_at IS NULL AND unsendable_at IS NULL"
                ),
                2,
            )
        except DATABASE_AWAY:
            return "outbox", False, "cannot be read"
        return "outbox", age < limit_seconds, f"oldest {age:.0f} s"

    return check


def consumer_check(consumer: Consumer) -> Check:
    """The consumer has partitions, and the broker answers its polls."""

    async def check() -> tuple[str, bool, str]:
        if consumer.is_waiting:
            return "consumer", False, "waiting for the database"
        if not consumer.is_assigned:
            return "consumer", False, "no partitions assigned"
        return "consumer", consumer.is_polling, "" if consumer.is_polling else "not polling"

    return check


def lag_check(consumer: Consumer, limit_seconds: int) -> Check:
    """The oldest message not handled yet is not older than the limit."""

    async def check() -> tuple[str, bool, str]:
        oldest = consumer.oldest_seconds
        said = f"{consumer.lag} messages, oldest {oldest:.0f} s" if consumer.lag or oldest >= 1 else ""
        return "lag", oldest < limit_seconds, said

    return check


def worker_check(worker: "WorkflowWorker") -> Check:
    """The worker polls its task queue."""

    async def check() -> tuple[str, bool, str]:
        return "worker", worker.is_running, "" if worker.is_running else "not polling"

    return check


class IdentityWatch:
    """Asks the identity provider now and then whether it is there.

    Readiness shows it and does not hang on it: whoever signed in works on, and the provider is away for all processes
    alike, so that a load balancer that turned away from them would have nobody left.
    """

    def __init__(self, issuer: str) -> None:
        self._url = f"{issuer.rstrip('/')}/.well-known/openid-configuration"
        self._answered_at = time.monotonic()
        self._is_there = True

    async def run(self, stop: asyncio.Event) -> None:
        """Ask until told to stop."""
        async with httpx2.AsyncClient(timeout=IDENTITY_WITHIN_SECONDS, trust_env=False) as client:
            while not stop.is_set():
                try:
                    self._is_there = (await client.get(self._url)).status_code == 200
                except httpx2.HTTPError:
                    self._is_there = False
                if self._is_there:
                    self._answered_at = time.monotonic()
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), IDENTITY_EVERY_SECONDS)

    @property
    def away_seconds(self) -> float:
        """For how long it has not answered; 0 while it does."""
        return 0.0 if self._is_there else time.monotonic() - self._answered_at

    async def check(self) -> tuple[str, bool, str]:
        """Whether it answered when it was last asked."""
        return IDENTITY, self._is_there, "" if self._is_there else f"no answer for {self.away_seconds:.0f} s"
