"""Whoever connects and says nothing, or begins a body and stops, holds no connection for long."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest_asyncio

from tests.support.engines import Stack
from tests.support.eventually import eventually
from tests.support.identity import Issuer
from tests.support.loopback import free_port
from tests.support.probe import SCHEMA, probe_service
from tests.support.services import Bench, bench_for


@pytest_asyncio.fixture
async def hasty(stack: Stack, issuer: Issuer) -> AsyncIterator[Bench]:
    """A probe on a port of its own that waits for a second only."""
    settings: dict[str, Any] = {"request_seconds": 1, "header_seconds": 1, "http_port": free_port()}
    async with (
        bench_for(probe_service(), stack, issuer, schema=SCHEMA, owner="intake", **settings) as bench,
        bench.running("api"),
    ):
        yield bench


async def connected(bench: Bench) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    async def tried() -> Any:
        try:
            return await asyncio.open_connection("127.0.0.1", bench.settings.http_port)
        except OSError:
            return None

    found: tuple[asyncio.StreamReader, asyncio.StreamWriter] = await eventually(
        tried, within_seconds=20, what="the port answers"
    )
    return found


async def said_to(bench: Bench, *parts: bytes) -> bytes:
    """What is answered to the beginning of a request, until the other side closes."""
    reader, writer = await connected(bench)
    for part in parts:
        writer.write(part)
    answer = await asyncio.wait_for(reader.read(), 20)
    writer.close()
    return answer


async def test_a_connection_that_asks_for_nothing_is_let_go(hasty: Bench) -> None:
    assert await said_to(hasty) == b""
    assert await said_to(hasty, b"POST /probe/probes HTTP/1.1\r\nHost: a\r\nX-Slow: ") == b""


async def test_a_body_that_stalls_is_answered_with_what_to_do(hasty: Bench, issuer: Issuer) -> None:
    lines = (
        f"POST {hasty.settings.root_path or '/probe'}/probes HTTP/1.1", "Host: a", "Content-Type: application/json",
        f"Authorization: Bearer {issuer.token(roles=['caseworker'])}", f"Idempotency-Key: {uuid4()}",
        "Content-Length: 100", "", "{",
    )  # fmt: skip
    answer = await said_to(hasty, "\r\n".join(lines).encode())
    assert answer.startswith(b"HTTP/1.1 408 "), answer[:200]
    assert b"request_took_too_long" in answer
