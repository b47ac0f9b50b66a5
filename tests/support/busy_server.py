"""What must arrive at a time-skipping server and who works on it, however busy the machine."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from temporalio.api.testservice.v1 import LockTimeSkippingRequest, UnlockTimeSkippingRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode
from temporalio.worker import Worker

LEAVING_SECONDS = 20
"""A worker that has not left by then is left behind: seen once in some hundred, after all its tasks had ended."""


async def delivered(call: Callable[[], Awaitable[Any]]) -> None:
    """Make a call that must arrive, however busy the machine; whoever has ended or gone meanwhile needs it no more."""
    for pause in (0.2, 1, 5, None):
        try:
            await call()
            return
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND or pause is None:
                return
            await asyncio.sleep(pause)


async def standing_still(client: Client) -> Callable[[], Awaitable[None]]:
    """No time is skipped until the answer is called: on a busy machine the years would pass before a signal arrives."""
    server = client.service_client.test_service
    await server.lock_time_skipping(LockTimeSkippingRequest())

    async def go_on() -> None:
        await delivered(lambda: server.unlock_time_skipping(UnlockTimeSkippingRequest()))

    return go_on


@asynccontextmanager
async def at_work(worker: Worker) -> AsyncIterator[None]:
    """A worker that works during the block and leaves at its end. Raises what ended it before."""
    running = asyncio.create_task(worker.run())
    try:
        yield
    finally:
        leaving = asyncio.create_task(worker.shutdown())
        _, still = await asyncio.wait({running, leaving}, timeout=LEAVING_SECONDS)
        for task in still:
            task.cancel()
        await asyncio.wait({running, leaving})
    if not running.cancelled():
        running.result()
