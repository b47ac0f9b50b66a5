"""What the probe heard, and what it set aside."""

from typing import Any
from uuid import UUID, uuid4

from contracts.events.intake import ReportRejected
from tests.support.eventually import eventually
from tests.support.services import Bench
from tests.support.wire import wire


def fact(reason: str, key: UUID | None = None, sequence: int = 1, **changes: Any) -> tuple[bytes, bytes, Any]:
    """What the probe hears, of a key of its own unless one is given: key, body, headers."""
    key = key or uuid4()
    return wire(ReportRejected(reason_code=reason), subject=key, correlation_id=key, sequence=sequence, **changes)


async def effects(bench: Bench) -> list[str]:
    """The reasons that were applied, in order."""
    return [row["reason"] for row in await bench.rows("SELECT reason FROM effects ORDER BY place")]


async def heard(bench: Bench, *reasons: str) -> None:
    """Wait until these reasons were applied."""

    async def ask() -> bool:
        return set(reasons) <= set(await effects(bench))

    await eventually(ask, what=f"{reasons} heard")


async def set_aside(bench: Bench, count: int) -> list[Any]:
    """Wait until so many messages are dead or blocked; every dead letter, in order."""

    async def ask() -> bool:
        return bool(await bench.value("SELECT count(*) FROM dead_letters WHERE state IN ('dead', 'blocked')") == count)

    await eventually(ask, what=f"{count} set aside")
    return await bench.rows("SELECT * FROM dead_letters ORDER BY id")
