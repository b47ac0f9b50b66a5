"""The engines of the integration tests: started once for the session, on ports and state of their own."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from tests.support.engines import Stack
from tests.support.identity import Issuer, running_issuer
from tests.support.nothing_personal import engines_without_persons


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def stack() -> AsyncIterator[Stack]:
    """PostgreSQL, Kafka and Temporal, real."""
    async with engines_without_persons() as engines:
        yield engines


@pytest.fixture(scope="session")
def issuer() -> Iterator[Issuer]:
    """Who signs the tokens of the tests."""
    with running_issuer() as found:
        yield found
