"""The spine under test, on a probe."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.support.engines import Stack
from tests.support.identity import Issuer
from tests.support.probe import SCHEMA, probe_service
from tests.support.services import Bench, bench_for


@pytest_asyncio.fixture(loop_scope="session")
async def probe(stack: Stack, issuer: Issuer) -> AsyncIterator[Bench]:
    """A fresh probe for each test: these tests break things."""
    async with bench_for(probe_service(), stack, issuer, schema=SCHEMA, owner="intake") as bench:
        yield bench
