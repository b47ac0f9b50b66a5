"""P1 and P13: what a report's way in costs, against a bare endpoint and against itself without telemetry."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from benchmarks.ground import Ground, Process, free_port, ground, load, rows, service_environment, start
from benchmarks.ratio import keep, make_result, paired

REQUESTS = 1200
PAIRS = 13


def body() -> bytes:
    """A typical report from the street: a place, a time, what was seen, no name."""
    return json.dumps(
        {
            "channel": "VILLAGE_DESK",
            "kind": "ODGJ",
            "village_code": "35.24.17.2007",
            "found_at": datetime.now(UTC).isoformat(),
            "person": {"sex": "MALE", "approximate_age_years": 40, "features": "rambut panjang, tanpa alas kaki"},
        }
    ).encode()


@asynccontextmanager
async def _intake(place: Ground, telemetry: str) -> AsyncIterator[tuple[Process, str]]:
    environment, _ = await service_environment(place, "intake", telemetry=telemetry)
    port = environment["INTAKE_HTTP_PORT"]
    process = await start(["services.intake", "api"], environment, f"http://127.0.0.1:{port}", "/intake/health/ready")
    try:
        yield process, environment["INTAKE_DATABASE_URL"]
    finally:
        await process.stop()


@asynccontextmanager
async def _bare(place: Ground) -> AsyncIterator[tuple[Process, str]]:
    urls = await place.stack.fresh_database("intake")
    await rows(urls.migrator, "CREATE TABLE bare (village_code text, kind text, found_at timestamptz)")
    port = str(free_port())
    environment = {"BARE_DATABASE_URL": urls.migrator, "BARE_PORT": port, "OTEL_SDK_DISABLED": "true"}
    process = await start(["benchmarks.bare"], environment, f"http://127.0.0.1:{port}", "/health")
    try:
        yield process, urls.migrator
    finally:
        await process.stop()


async def p1() -> None:
    """`POST /reports` with all traces kept ÷ the bare endpoint."""
    async with ground("postgres", "kafka", "temporal", "otlp") as place:
        headers = _headers(place)
        async with _intake(place, place.stack.otlp_endpoint) as (ours, url), _bare(place) as (bare, _):

            async def our_side() -> float:
                return await load(f"{ours.url}/intake/reports", [body()] * REQUESTS, headers)

            async def bare_side() -> float:
                return await load(f"{bare.url}/reports", [body()] * REQUESTS, headers)

            ratios = await paired(our_side, bare_side, PAIRS)
            counts = await rows(
                url,
                "SELECT (SELECT count(*) FROM reports) AS reports, (SELECT count(*) FROM actions) AS actions,"
                " (SELECT count(*) FROM outbox) AS outbox, (SELECT count(*) FROM request_keys) AS keys",
            )
            correct = set(dict(counts[0]).values()) == {REQUESTS * (PAIRS + 1)}
    keep(make_result("P1", "POST /reports ÷ bare FastAPI + asyncpg INSERT", ratios, unit="×", target=0.45, goal=0.80,
                     correct=correct))  # fmt: skip


async def p13() -> None:
    """Throughput with telemetry on ÷ off."""
    async with ground("postgres", "kafka", "temporal", "otlp") as place:
        headers = _headers(place)
        async with _intake(place, place.stack.otlp_endpoint) as (on, url), _intake(place, "") as (off, _):

            async def with_traces() -> float:
                return await load(f"{on.url}/intake/reports", [body()] * REQUESTS, headers)

            async def without() -> float:
                return await load(f"{off.url}/intake/reports", [body()] * REQUESTS, headers)

            ratios = await paired(with_traces, without, PAIRS)
            counts = await rows(url, "SELECT count(*) AS n FROM reports")
    keep(make_result("P13", "throughput with telemetry ÷ without", ratios, unit="×", target=0.80, goal=0.95,
                     correct=counts[0]["n"] == REQUESTS * (PAIRS + 1)))  # fmt: skip


def _headers(place: Ground) -> dict[str, str]:
    token = place.issuer.token(roles=["caseworker"])
    return {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
