"""OTLP over HTTP in, a journal on disk, Zipkin out.

The journal is the only way to Zipkin: a span is answered for once it is written there, and one reader forwards what
it finds behind its own position. Replay after a restart is that reader beginning further back.
"""

import asyncio
import contextlib
import json
import os
import sys
import zlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx2
import uvicorn
from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from deploy.observability.journal import Journal, Position
from deploy.observability.zipkin import zipkin_spans

PROTOBUF = "application/x-protobuf"
BODY_LIMIT_BYTES = 32_000_000
# About as much as Zipkin's memory holds; older spans stay in the journal.
REPLAY_LIMIT_BYTES = 40_000_000
SPANS_PER_POST = 2000
LOOK_EVERY_SECONDS = 5.0
NICENESS = 5


@dataclass(frozen=True, slots=True)
class Settings:
    """`zipkin`: address of the server; `page`: its page as people see it; `keep_hours`: how old the journal grows."""

    port: int
    journal: Path
    zipkin: str
    page: str
    keep_hours: float

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """Raises KeyError or ValueError that names the variable."""
        return cls(
            port=int(environment["OTLP_PORT"]),
            journal=Path(environment["OTLP_JOURNAL"]),
            zipkin=environment["OTLP_ZIPKIN_URL"].rstrip("/"),
            page=environment.get("OTLP_TRACE_PAGE_URL", environment["OTLP_ZIPKIN_URL"].rstrip("/") + "/zipkin"),
            keep_hours=float(environment.get("OTLP_KEEP_HOURS", "168")),
        )


class Forwarder:
    """Reads the journal behind its position and gives it to Zipkin, for as long as it takes."""

    def __init__(self, journal: Journal, settings: Settings, client: httpx2.AsyncClient) -> None:
        self._journal = journal
        self._settings = settings
        self._client = client
        self._position = journal.start_of_last(REPLAY_LIMIT_BYTES)
        self.news = asyncio.Event()
        self.forwarded = 0
        self.zipkin_answers = False

    async def run(self) -> None:
        """Forward until cancelled. Zipkin away: wait. Zipkin empty again, so restarted: begin further back."""
        while True:
            try:
                if self._position.file and await self._store_is_empty():
                    self._position = self._journal.start_of_last(REPLAY_LIMIT_BYTES)
                await self._forward()
                self.zipkin_answers = True
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self.news.wait(), LOOK_EVERY_SECONDS)
                self.news.clear()
            except (httpx2.HTTPError, OSError):
                self.zipkin_answers = False
                await asyncio.sleep(1.0)

    async def _forward(self) -> None:
        batch: list[dict[str, object]] = []
        position = self._position
        for frame, behind in self._journal.frames_from(self._position):
            batch += zipkin_spans(ExportTraceServiceRequest.FromString(frame), self._settings.page)
            position = behind
            if len(batch) >= SPANS_PER_POST:
                await self._post(batch, position)
                batch = []
        if batch:
            await self._post(batch, position)

    async def _post(self, batch: list[dict[str, object]], position: Position) -> None:
        answer = await self._client.post(f"{self._settings.zipkin}/api/v2/spans", json=batch)
        answer.raise_for_status()
        self._position = position
        self.forwarded += len(batch)

    async def _store_is_empty(self) -> bool:
        answer = await self._client.get(f"{self._settings.zipkin}/api/v2/services")
        answer.raise_for_status()
        return self.forwarded > 0 and not answer.json()


def build_app(settings: Settings) -> Starlette:
    """The receiver as an ASGI application."""
    journal = Journal(settings.journal)

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with httpx2.AsyncClient(timeout=10.0, trust_env=False) as client:
            app.state.forwarder = Forwarder(journal, settings, client)
            tasks = [
                asyncio.create_task(app.state.forwarder.run()),
                asyncio.create_task(_prune_hourly(journal, settings.keep_hours)),
            ]
            yield
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def receive_traces(request: Request) -> Response:
        if not request.headers.get("content-type", "").startswith(PROTOBUF):
            return Response(status_code=415)
        try:
            body = await _body(request)
            ExportTraceServiceRequest.FromString(body)
        except (DecodeError, zlib.error):
            return Response(status_code=400)
        except OverflowError:
            return Response(status_code=413)
        journal.append(body)
        request.app.state.forwarder.news.set()
        return Response(ExportTraceServiceResponse().SerializeToString(), media_type=PROTOBUF)

    async def health(request: Request) -> Response:
        forwarder: Forwarder = request.app.state.forwarder
        return JSONResponse({"forwarded": forwarder.forwarded, "zipkin_answers": forwarder.zipkin_answers})

    return Starlette(
        routes=[Route("/v1/traces", receive_traces, methods=["POST"]), Route("/health", health)], lifespan=lifespan
    )


async def _body(request: Request) -> bytes:
    packed = bytearray()
    async for chunk in request.stream():
        packed += chunk
        if len(packed) > BODY_LIMIT_BYTES:
            raise OverflowError
    if request.headers.get("content-encoding") != "gzip":
        return bytes(packed)
    unpacking = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    body = unpacking.decompress(packed, BODY_LIMIT_BYTES)
    if unpacking.unconsumed_tail:
        raise OverflowError
    return body


async def _prune_hourly(journal: Journal, keep_hours: float) -> None:
    while True:
        journal.prune(keep_hours)
        await asyncio.sleep(3600)


def main() -> None:
    """Serve until told to stop."""
    try:
        settings = Settings.from_environment(os.environ)
    except (KeyError, ValueError) as error:
        sys.exit(f"the OTLP receiver cannot start: {json.dumps(str(error))} is missing or wrong")
    # Traces can wait for a core; whoever is traced should not.
    os.nice(NICENESS)
    uvicorn.run(
        build_app(settings), host="127.0.0.1", port=settings.port, log_level="warning", timeout_graceful_shutdown=3
    )
