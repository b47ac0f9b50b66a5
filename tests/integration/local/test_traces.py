"""The OTLP receiver and Zipkin together: what was received is shown, also after either of them was killed."""

import asyncio
import gzip
import secrets
import time
from collections.abc import AsyncIterator

import httpx2
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Span

from tests.support.engines import Stack, running

PROTOBUF = {"content-type": "application/x-protobuf"}


@pytest.fixture(scope="module")
async def stack() -> AsyncIterator[Stack]:
    async with running(["zipkin", "otlp"]) as stack:
        yield stack


@pytest.fixture
async def client() -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(timeout=10) as client:
        yield client


def export(case: str) -> bytes:
    now = time.time_ns()
    span = Span(
        trace_id=secrets.token_bytes(16),
        span_id=secrets.token_bytes(8),
        name="open_case",
        start_time_unix_nano=now - 1_000_000,
        end_time_unix_nano=now,
        attributes=[KeyValue(key="case.id", value=AnyValue(string_value=case))],
    )
    resource = Resource(attributes=[KeyValue(key="service.name", value=AnyValue(string_value="casework"))])
    spans = ResourceSpans(resource=resource, scope_spans=[ScopeSpans(spans=[span])])
    return ExportTraceServiceRequest(resource_spans=[spans]).SerializeToString()


async def send(stack: Stack, client: httpx2.AsyncClient, case: str) -> None:
    packed = gzip.compress(export(case))
    headers = PROTOBUF | {"content-encoding": "gzip"}
    answer = await client.post(f"{stack.otlp_endpoint}/v1/traces", content=packed, headers=headers)
    assert answer.status_code == 200


async def shown(stack: Stack, client: httpx2.AsyncClient, case: str) -> bool:
    query = {"annotationQuery": f"case.id={case}", "lookback": "86400000"}
    for _ in range(200):
        answer = await client.get(f"{stack.zipkin_url}/api/v2/traces", params=query)
        if answer.json():
            return True
        await asyncio.sleep(0.1)
    return False


async def test_a_received_span_is_found_by_its_case(stack: Stack, client: httpx2.AsyncClient) -> None:
    await send(stack, client, "one")
    assert await shown(stack, client, "one")


async def test_spans_are_shown_again_after_zipkin_lost_its_memory(stack: Stack, client: httpx2.AsyncClient) -> None:
    await send(stack, client, "before")
    assert await shown(stack, client, "before")
    await stack.kill("zipkin")
    await send(stack, client, "meanwhile")
    await stack.start("zipkin")
    assert await shown(stack, client, "before")
    assert await shown(stack, client, "meanwhile")


async def test_spans_received_while_zipkin_was_away_survive_a_killed_receiver(
    stack: Stack, client: httpx2.AsyncClient
) -> None:
    await stack.kill("zipkin")
    await send(stack, client, "kept")
    await stack.kill("otlp")
    await stack.start("otlp")
    await stack.start("zipkin")
    assert await shown(stack, client, "kept")


@pytest.mark.parametrize(
    ("headers", "content", "status"),
    [
        ({"content-type": "application/json"}, b"{}", 415),
        (PROTOBUF, b"\xff\xff\xff", 400),
        (PROTOBUF | {"content-encoding": "gzip"}, b"not gzip", 400),
        (PROTOBUF | {"content-encoding": "gzip"}, gzip.compress(b"\0" * 40_000_000), 413),
    ],
)
async def test_what_is_no_export_is_refused(
    stack: Stack, client: httpx2.AsyncClient, headers: dict[str, str], content: bytes, status: int
) -> None:
    answer = await client.post(f"{stack.otlp_endpoint}/v1/traces", content=content, headers=headers)
    assert answer.status_code == status
