"""The ground both sides of a ratio stand on: engines of their own, a service as real processes, an HTTP load."""

import asyncio
import os
import random
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg
import httpx2

from deploy.local.ports import SPARE, is_free
from tests.support.engines import Stack, running
from tests.support.identity import Issuer, running_issuer
from tests.support.services import make_topics, sealing_settings

ROOT = Path(__file__).parents[1]


@dataclass(slots=True)
class Ground:
    """What a benchmark stands on."""

    stack: Stack
    issuer: Issuer


@asynccontextmanager
async def ground(*engines: str) -> AsyncIterator[Ground]:
    """Durable engines (fsync on) and an issuer of tokens."""
    with running_issuer() as issuer:
        async with running(list(engines), durable=True) as stack:
            yield Ground(stack, issuer)


@dataclass(slots=True)
class Process:
    """A running server process."""

    process: asyncio.subprocess.Process
    url: str

    async def stop(self) -> None:
        """End it."""
        self.process.terminate()
        await self.process.wait()


async def start(arguments: Sequence[str], environment: dict[str, str], url: str, ready: str) -> Process:
    """Start a Python module as a process and wait until it answers."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", *arguments, cwd=ROOT, env={**os.environ, **environment},
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    async with httpx2.AsyncClient() as client:
        for _ in range(300):
            try:
                if (await client.get(f"{url}{ready}")).status_code == 200:
                    return Process(process, url)
            except httpx2.HTTPError:
                pass
            if process.returncode is not None:
                break
            await asyncio.sleep(0.1)
    raise SystemExit(f"{arguments[0]} did not become ready")


def free_port() -> int:
    """A port nobody listens on now, and which no outgoing connection is lent while its server is down."""
    return next(port for port in random.sample(SPARE, len(SPARE)) if is_free(port))


async def service_environment(
    place: Ground, service: str, *, telemetry: str = "", prefix: str = ""
) -> tuple[dict[str, str], str]:
    """A fresh database and topics for a service; its environment and its topics' prefix.

    With the ``prefix`` of another service it shares that one's topics.
    """
    urls = await place.stack.migrated_database(service)
    is_first, prefix = not prefix, prefix or f"b{uuid4().hex[:6]}__"
    if is_first and "kafka" in place.stack.site.ports:
        await make_topics(place.stack.kafka_bootstrap, prefix, partitions=12)
    values = {
        "DATABASE_URL": urls.app,
        "MIGRATOR_DATABASE_URL": urls.migrator,
        "KAFKA_BOOTSTRAP_SERVERS": place.stack.kafka_bootstrap,
        "TEMPORAL_ADDRESS": place.stack.temporal_address,
        "TEMPORAL_NAMESPACE": place.stack.temporal_namespace,
        "TOPIC_PREFIX": prefix,
        "GROUP_PREFIX": prefix,
        "TASK_QUEUE": f"{prefix}{service}",
        "OIDC_ISSUER": place.issuer.url,
        "HTTP_PORT": str(free_port()),
        "ROOT_PATH": f"/{service}",
        "DEPLOYMENT": "local",
        "QUOTAS": "false",
        **{name.upper(): value for name, value in sealing_settings(service).items()},
    }
    environment = {f"{service.upper()}_{name}": value for name, value in values.items()}
    if telemetry:
        environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = telemetry
    else:
        environment["OTEL_SDK_DISABLED"] = "true"
    return environment, prefix


async def load(url: str, bodies: Sequence[bytes], headers: dict[str, str], connections: int = 16) -> float:
    """Requests per second of posting every body once to one address; see ``post_all``."""
    return await post_all(url, [(urlsplit(url).path, body) for body in bodies], headers, connections)


async def post_all(
    base: str, posts: Sequence[tuple[str, bytes]], headers: dict[str, str], connections: int = 16
) -> float:
    """Requests per second of posting each body to its path, each under a key of its own; all but 201 is an error.

    Speaks HTTP/1.1 by hand over kept-alive connections: a client library costs more than what is measured.
    """
    parts = urlsplit(base)
    fixed = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    waiting = iter(posts)
    failed: list[bytes] = []

    async def work() -> None:
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        try:
            for path, body in waiting:
                head = (
                    f"POST {path} HTTP/1.1\r\nHost: {parts.netloc}\r\n{fixed}"
                    f"Idempotency-Key: {uuid4()}\r\nContent-Length: {len(body)}\r\n\r\n"
                )
                writer.write(head.encode() + body)
                answer = await reader.readuntil(b"\r\n\r\n")
                length = int(answer.lower().split(b"content-length: ", 1)[1].split(b"\r\n", 1)[0])
                await reader.readexactly(length)
                if not answer.startswith(b"HTTP/1.1 201"):
                    failed.append(answer[:40])
        finally:
            writer.close()

    begun = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(connections)))
    seconds = time.perf_counter() - begun
    if failed:
        raise SystemExit(f"{len(failed)} requests failed, the first with {failed[0]!r}")
    return len(posts) / seconds


async def rows(url: str, sql: str, *values: Any) -> list[asyncpg.Record]:
    """Look into a database."""
    connection = await asyncpg.connect(url)
    try:
        return list(await connection.fetch(sql, *values))
    finally:
        await connection.close()


def load_now() -> str:
    """What else the machine did, for the note."""
    return f"load of the machine before it: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
