"""HTTP on one port of a process that stops all its parts together."""

import asyncio
import contextlib
from collections.abc import Iterator
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from services.chassis.settings import ServiceSettings


def _protocol(header_seconds: float) -> type[H11Protocol]:
    """HTTP that lets go of whoever connects and does not say within some seconds what they want."""

    class Impatient(H11Protocol):
        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            self.loop.call_later(header_seconds, self._let_go, transport)

        def _let_go(self, transport: Any) -> None:
            if self.cycle is None:
                transport.close()

    return Impatient


class _Server(uvicorn.Server):
    """uvicorn without its own signal handling: the process stops all parts together."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve_app(app: Any, settings: ServiceSettings, port: int, stop: asyncio.Event) -> None:
    """Serve until ``stop`` is set; a server that ends by itself sets it."""
    server = _Server(
        uvicorn.Config(
            app,
            http=_protocol(settings.header_seconds),
            host=settings.http_host,
            port=port,
            log_config=None,
            log_level="warning",
            access_log=False,
            timeout_graceful_shutdown=10,
            server_header=False,
        )
    )
    serving = asyncio.create_task(server.serve())
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stop.set()
    server.should_exit = True
    await serving
    stopping.cancel()
