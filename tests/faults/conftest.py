"""The ground of the fault runs: durable engines and an issuer, once for all of them."""

from collections.abc import AsyncIterator

import pytest_asyncio

from benchmarks.ground import Ground, ground


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def place() -> AsyncIterator[Ground]:
    """PostgreSQL, Kafka and Temporal with fsync on; whoever kills one starts it again."""
    async with ground("postgres", "kafka", "temporal") as found:
        yield found
