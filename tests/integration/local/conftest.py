"""The identity provider of the tests that ask it."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.support.engines import Stack, running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def identity_provider() -> AsyncIterator[Stack]:
    """Keycloak with the realm, started once: a start costs more than all that it is asked."""
    async with running(["postgres", "keycloak"]) as found:
        yield found
