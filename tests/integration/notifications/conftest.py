"""Notifications under test, with a gateway."""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import pytest
import pytest_asyncio

from services.notifications.wiring import SERVICE
from tests.support.engines import Stack
from tests.support.identity import Issuer
from tests.support.notifications.gateway import Gateway, running_gateway
from tests.support.notifications.pack import patient_as
from tests.support.notifications.story import Story
from tests.support.services import Bench, bench_for


@pytest.fixture(scope="session")
def gateway() -> Iterator[Gateway]:
    """The gateway of the tests."""
    with running_gateway() as found:
        yield found


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def notifications(stack: Stack, issuer: Issuer, gateway: Gateway) -> AsyncIterator[Bench]:
    """One notifications for the session, with the district's own pack and a short patience."""
    async with bench_for(SERVICE, stack, issuer, gateway_url=gateway.url) as bench:
        await patient_as(bench, timedelta(milliseconds=50), timedelta(milliseconds=200))
        yield bench


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def unhurried(stack: Stack, issuer: Issuer) -> AsyncIterator[Bench]:
    """A notifications whose instants a test lets come by hand: it waits for seconds, and no sweeper runs."""
    async with bench_for(SERVICE, stack, issuer, gateway_report_secret="what the gateway signs with") as bench:
        await patient_as(bench, timedelta(seconds=5), timedelta(seconds=20))
        yield bench


@pytest.fixture
def story(notifications: Bench, issuer: Issuer) -> Story:
    """A fresh case."""
    return Story(notifications, issuer)
