"""The spine under test, on a probe."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.support.engines import Stack
from tests.support.identity import Issuer
from tests.support.nothing_personal import engines_without_persons
from tests.support.probe import SCHEMA, probe_service
from tests.support.services import Bench, bench_for


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def stack() -> AsyncIterator[Stack]:
    """Engines apart: they are killed here, which services of other tests would notice by broken connections."""
    async with engines_without_persons() as engines:
        yield engines


@pytest_asyncio.fixture(loop_scope="session")
async def probe(stack: Stack, issuer: Issuer) -> AsyncIterator[Bench]:
    """A fresh probe for each test: these tests break things."""
    async with bench_for(probe_service(), stack, issuer, schema=SCHEMA, owner="intake") as bench:
        yield bench
