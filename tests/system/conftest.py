"""The whole system for the journeys, on state of its own."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest_asyncio

from deploy.local.places import CHECKOUT
from tests.support.whole_system import System, running_system, start_demo

STATE = CHECKOUT / "var" / "test" / "system"


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def system() -> AsyncIterator[System]:
    """Everything, as `make up` starts it."""
    async with running_system(STATE, fresh=True) as found:
        yield found


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
