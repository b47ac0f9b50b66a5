"""What the whole system of a checkout costs: at rest, and for an operation of so many people. Prints one line of JSON.

Run by `benchmarks.whole` with the Python and in the folder of the build that is weighed, this one or an older one, so
it takes from it only what both have: `running_system`, its API, its tables.
"""

import asyncio
import json
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import psutil
from temporalio.client import Client

from deploy.local.daemon import read_status
from tests.support.whole_system import System, running_system

SETTLES_SECONDS = 45
REST_SECONDS = 40
LOOK_EVERY_SECONDS = 5
QUIET_LOOKS = 3
QUIET_ABOVE_REST = 0.04


def of_tree(root: int, figure: Callable[[psutil.Process], float]) -> float:
    """A figure of a process and of everything under it; what ends meanwhile counts nothing."""
    total, leader = 0.0, psutil.Process(root)
    for process in [leader, *leader.children(recursive=True)]:
        with suppress(psutil.Error):
            total += figure(process)
    return total


def cpu_of(root: int) -> float:
    """CPU seconds of a process, of what is under it, and of what ended there."""
    return of_tree(root, lambda process: sum(process.cpu_times()[:4]))


def memory_mib(root: int) -> float:
    """Proportional set size of everything under a process."""
    return of_tree(root, lambda process: process.memory_full_info().pss / 2**20)


def parts_of(system: System) -> dict[str, int]:
    """Name of each part -> its process."""
    status = read_status(system.site.state)
    assert status is not None
    return {part.name: part.pid for part in status.parts if part.pid} | {"supervisor": status.supervisor}


def costs(system: System) -> dict[str, float]:
    """CPU seconds by part so far; the supervisor without its parts."""
    parts = parts_of(system)
    found = {name: cpu_of(pid) for name, pid in parts.items() if name != "supervisor"}
    return found | {"supervisor": cpu_of(parts["supervisor"]) - sum(found.values())}


def people(count: int) -> list[dict[str, Any]]:
    """Beggars and vagrants whom nobody knows, as Satpol PP reports them."""
    at = (datetime.now(UTC) - timedelta(minutes=20)).isoformat()
    return [
        {
            "channel": "OTHER_AGENCY",
            "kind": "GEPENG",
            "urgency": "URGENT",
            "village_code": "35.24.06.2001",
            "found_at": at,
            "person": {
                "sex": ("MALE", "FEMALE")[number % 2],
                "features": f"orang uji {number}",
                "approximate_age_years": 30,
            },
            "circumstances": "Ditemukan saat operasi ketertiban.",
            "evidence": [{"digest": f"{number:064x}", "captured_at": at}],
        }
        for number in range(count)
    ]


async def counted(system: System, database: str, table: str) -> int:
    """Rows of a table."""
    url = system.site.database_url(f"sigap_{database}", "postgres", system.site.keys.postgres)
    connection = await asyncpg.connect(url)
    try:
        found: int = await connection.fetchval(f"SELECT count(*) FROM {table}")
        return found
    finally:
        await connection.close()


async def history_events(system: System) -> int:
    """Events in all histories."""
    client = await Client.connect(f"127.0.0.1:{system.site.ports['temporal']}", namespace="sigap")
    runs = [client.get_workflow_handle(run.id, run_id=run.run_id) async for run in client.list_workflows()]
    return sum([(await run.describe()).history_length for run in runs])


async def until_quiet(system: System, rest: float, cases: int, limit: float) -> tuple[float, bool]:
    """Seconds until all cases are open and the whole costs no more than at rest; whether that came in time."""
    root, begun, quiet = parts_of(system)["supervisor"], time.monotonic(), 0
    before = cpu_of(root)
    while time.monotonic() - begun < limit:
        await asyncio.sleep(LOOK_EVERY_SECONDS)
        now = cpu_of(root)
        rate, before = (now - before) / LOOK_EVERY_SECONDS, now
        is_quiet = rate <= rest + QUIET_ABOVE_REST and await counted(system, "casework", "cases") == cases
        quiet = quiet + 1 if is_quiet else 0
        if quiet == QUIET_LOOKS:
            return time.monotonic() - begun - QUIET_LOOKS * LOOK_EVERY_SECONDS, True
    return time.monotonic() - begun, False


async def weigh(count: int) -> dict[str, Any]:
    """Start the whole from nothing, look at it at rest, tell it of an operation, wait until it rests again."""
    async with running_system(Path("var") / "bench" / "whole", fresh=True) as system:
        await asyncio.sleep(SETTLES_SECONDS)
        root = parts_of(system)["supervisor"]
        before, memory = costs(system), memory_mib(root)
        await asyncio.sleep(REST_SECONDS)
        rest = {name: (cpu - before[name]) / REST_SECONDS for name, cpu in costs(system).items()}
        told = people(count)
        before, begun = costs(system), time.monotonic()
        body = {
            "order_number": "SPT/331.UJI/2026",
            "place_code": "35.24.06.2001",
            "conducted_at": told[0]["found_at"],
            "reports": told,
        }
        await system.post("intake", "/operations", body, by="satpolpp-lamongan")
        seconds, is_done = await until_quiet(system, sum(rest.values()), count, 120 + count * 4)
        took = time.monotonic() - begun
        spent = {name: cpu - before[name] - rest[name] * took for name, cpu in costs(system).items()}
        return {
            "is_done": is_done,
            "seconds": seconds,
            "rest": rest,
            "spent": spent,
            "memory_at_rest_mib": memory,
            "memory_mib": memory_mib(root),
            "handoffs": await counted(system, "casework", "handoffs"),
            "messages": await counted(system, "notifications", "messages"),
            "history_events": await history_events(system),
        }


if __name__ == "__main__":
    print(json.dumps(asyncio.run(weigh(int(sys.argv[1])))))
