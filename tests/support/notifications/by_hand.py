"""A message carried step by step, by hand instead of by the sweeper."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from services.chassis.principal import system_principal
from services.notifications.messages import commands
from services.notifications.messages.commands import Outcome
from tests.support.services import Bench

SYSTEM = system_principal("notifications")


@dataclass(slots=True)
class By:
    """One message, and the steps of the one who carries it."""

    bench: Bench
    message_id: UUID

    async def claim(self, rows: int = 10_000, lease: timedelta = timedelta(seconds=60)) -> bool:
        """Claim what is due; whether the message was among it."""
        claimed: Sequence[UUID] = await self.bench.units.perform(
            lambda uow: commands.claim_messages(rows, lease, uow), principal=SYSTEM
        )
        return self.message_id in claimed

    async def prepare(self) -> Any:
        """What has to be done at the gateway; nothing when nothing has."""
        key = self.bench.settings.sealing_private_key
        errands = await self.bench.units.perform(
            lambda uow: commands.prepare_messages([self.message_id], uow, key), principal=SYSTEM
        )
        return next(iter(errands), None)

    async def record(self, **said: Any) -> None:
        """What came of it."""
        outcome = Outcome(self.message_id, "", **said)
        await self.bench.units.perform(lambda uow: commands.record_outcomes([outcome], uow), principal=SYSTEM)

    async def due_in(self) -> float | None:
        """Seconds until it is looked at; nothing when it is not any more."""
        found: float | None = await self.bench.value(
            "SELECT extract(epoch FROM due_at - now())::float FROM due_messages WHERE message_id = $1", self.message_id
        )
        return found

    async def make_due(self) -> None:
        """Let its instant come."""
        await self.bench.units.pool.execute(
            "UPDATE due_messages SET due_at = now() - interval '1 day' WHERE message_id = $1", self.message_id
        )
