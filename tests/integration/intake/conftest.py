"""Intake under test."""

from collections.abc import AsyncIterator

import pytest_asyncio

from services.intake.wiring import SERVICE
from tests.support.engines import Stack
from tests.support.identity import Issuer
from tests.support.services import Bench, bench_for


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def intake(stack: Stack, issuer: Issuer) -> AsyncIterator[Bench]:
    """One intake for the session: tests use references of their own instead of cleaning up."""
    async with bench_for(SERVICE, stack, issuer) as bench:
        yield bench
