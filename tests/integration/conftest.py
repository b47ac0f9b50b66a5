"""The engines of the integration tests: started once for the session, on ports and state of their own."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from tests.support.engines import Stack, running
from tests.support.identity import Issuer, running_issuer
from tests.support.nothing_personal import persons_in_histories, persons_on_topics


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def stack() -> AsyncIterator[Stack]:
    """PostgreSQL, Kafka and Temporal, real; at the end of the run nobody may be found in what they passed on."""
    async with running(["postgres", "kafka", "temporal"]) as engines:
        yield engines
        assert await persons_on_topics(engines) == []
        assert await persons_in_histories(engines) == []


@pytest.fixture(scope="session")
def issuer() -> Iterator[Issuer]:
    """Who signs the tokens of the tests."""
    with running_issuer() as found:
        yield found
