"""Casework under test: the Lamongan pack with short deadlines, all parts running in this process."""

from collections.abc import AsyncIterator
from uuid import UUID

import pytest
import pytest_asyncio

from services.casework.wiring import SERVICE
from tests.support.casework.reports import case_of, report_verified
from tests.support.engines import Stack
from tests.support.identity import Issuer
from tests.support.packs.in_force import load, quick_pack
from tests.support.services import Bench, bench_for


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def casework(stack: Stack, issuer: Issuer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Bench]:
    """One casework for the session, with consumer, relay and worker."""
    folder = tmp_path_factory.mktemp("documents")
    async with bench_for(SERVICE, stack, issuer, documents_folder=folder) as bench:
        await load(bench, quick_pack())
        async with bench.running("consumer", "relay", "worker"):
            yield bench


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def case_id(casework: Bench) -> UUID:
    """One case to which the tests of a module hang hand-offs of their own."""
    return await case_of(casework, await report_verified(casework))
