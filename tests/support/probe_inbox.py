"""What the probe heard, and what it set aside."""

from typing import Any

from tests.support.eventually import eventually
from tests.support.services import Bench


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
