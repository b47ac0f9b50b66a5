"""The whole system for the journeys."""

import asyncio
from typing import Any

import pytest
import pytest_asyncio

from tests.support.whole_system import System, start_demo


@pytest.fixture(scope="session")
def system(whole_system: System) -> System:
    """Everything, as it comes up."""
    return whole_system


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def cases(system: System) -> list[dict[str, Any]]:
    """The cases of an operation that has ended; the journey's own test made them, or they are made now."""

    async def listed() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await system.get("casework", "/cases", by="sri.peksos", limit=200))["items"]
        return found

    if not any(case["aid_state"] == "credited" for case in await listed()):
        journey = await start_demo(system)
        said, _ = await asyncio.wait_for(journey.communicate(), 600)
        assert journey.returncode == 0, said.decode(errors="replace")[-3000:]
    return await listed()
