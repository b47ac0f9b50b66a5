"""The whole system for the journeys, on state of its own."""

from collections.abc import AsyncIterator

import pytest_asyncio

from deploy.local.places import CHECKOUT
from tests.support.whole_system import System, running_system

STATE = CHECKOUT / "var" / "test" / "system"


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def system() -> AsyncIterator[System]:
    """Everything, as `make up` starts it."""
    async with running_system(STATE) as found:
        yield found
