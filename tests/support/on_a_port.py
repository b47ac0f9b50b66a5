"""A service of this process on a port, for programs outside of it and for callers that can hang up."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn

from deploy.local.ports import SPARE, is_free
from tests.support.eventually import eventually
from tests.support.services import Bench


@asynccontextmanager
async def on_a_port(bench: Bench) -> AsyncIterator[str]:
    """The address of its API, as long as the block lasts."""
    name, port = bench.service.name, next(port for port in SPARE if is_free(port))
    server = uvicorn.Server(uvicorn.Config(bench.app, host="127.0.0.1", port=port, log_config=None, lifespan="off"))
    serving = asyncio.create_task(server.serve())
    await eventually(lambda: asyncio.sleep(0, server.started), what=f"{name} on a port")
    try:
        yield f"http://127.0.0.1:{port}/{name}"
    finally:
        server.should_exit = True
        await asyncio.wait_for(serving, 20)
