"""Readiness tells the truth, with each thing that a service needs broken once; logs say where to read on."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest_asyncio

from contracts.events.intake import ReportRejected
from services.casework.wiring import SERVICE
from tests.support.engines import Stack
from tests.support.eventually import eventually
from tests.support.identity import Issuer
from tests.support.outspoken import Outspoken, outspoken
from tests.support.services import Bench, bench_for
from tests.support.wire import wire

WORDS = "Fulan Kanaria Uji"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def casework(stack: Stack, issuer: Issuer) -> AsyncIterator[Bench]:
    """A service that needs everything."""
    async with bench_for(SERVICE, stack, issuer, outbox_age_limit_seconds=20) as bench:
        yield bench


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def process(casework: Bench) -> AsyncIterator[Outspoken]:
    """The whole service in one process."""
    async with outspoken(casework) as running:
        yield running


async def broken(process: Outspoken, stack: Stack, engine: str, details: dict[str, str]) -> None:
    """Kill an engine: its checks say so and what to read, the process lives; with the engine it is ready again."""
    await process.is_ready()
    await stack.kill(engine)
    try:
        checks = await process.failing(*details)
        for name, detail in details.items():
            assert detail in checks[name]["detail"], checks[name]
            assert checks[name]["runbook"].startswith("docs/runbook.md#"), checks[name]
        assert await process.status("/health/live") == 200
    finally:
        await stack.start(engine)
    await process.is_ready()


async def test_a_database_that_is_gone_is_told(process: Outspoken, stack: Stack) -> None:
    await broken(process, stack, "postgres", {"database": "", "outbox": "cannot be read", "relay-feed": "not relaying"})


async def test_kafka_that_is_gone_is_told_by_who_hears_and_who_sends(process: Outspoken, stack: Stack) -> None:
    await broken(process, stack, "kafka", {"consumer": "not polling", "relay-kafka": "not relaying"})


async def test_temporal_that_is_gone_is_told_by_the_worker(process: Outspoken, stack: Stack) -> None:
    await broken(process, stack, "temporal", {"worker": "not polling", "relay-temporal": "not relaying"})


async def test_a_consumer_without_partitions_is_not_ready(casework: Bench, stack: Stack) -> None:
    await stack.kill("kafka")
    try:
        async with outspoken(casework, "consumer", await_ready=False, CASEWORK_PROCESS_SLOT="7") as alone:
            checks = await alone.failing("consumer")
            assert checks["consumer"]["detail"] == "no partitions assigned"
            assert await alone.status("/health/live") == 200
            await stack.start("kafka")
            await alone.is_ready()
    finally:
        await stack.start("kafka")


async def test_an_outbox_that_grew_old_is_told_until_it_left(process: Outspoken, casework: Bench) -> None:
    await process.is_ready()
    key = uuid4().hex
    for error in ("MessageSizeTooLargeError", None):
        await casework.units.pool.execute(
            "INSERT INTO outbox (transport, key, target, body, headers, district, recorded_at, unsendable_at, "
            "error) VALUES"
            " ('feed', $1, 'rsj-uji', '{}', $2::json, '35.24', now() - interval '2 minutes',"
            " CASE WHEN $3::text IS NOT NULL THEN now() END, $3)",
            key,
            f'{{"fact_id": "{uuid4()}"}}',
            error,
        )
    checks = await process.failing("outbox", within_seconds=90, alone=True)
    assert checks["outbox"]["runbook"] == "docs/runbook.md#the-outbox-grows-old"
    await casework.units.pool.execute(
        "UPDATE outbox SET sent_at = now() WHERE unsendable_at IS NOT NULL AND key = $1", key
    )
    await process.is_ready()


async def test_a_log_line_has_its_case_its_trace_and_what_to_do_and_nobodys_words(
    process: Outspoken, casework: Bench
) -> None:
    report_id, trace_id = uuid4(), uuid4().hex
    key, _, headers = wire(
        ReportRejected(reason_code="X"),
        subject=report_id,
        correlation_id=report_id,
        type_name="intake.report.verified.v1",
    )
    headers.append(("traceparent", f"00-{trace_id}-00f067aa0ba902b7-01".encode()))
    async with casework.producer() as send:
        await send("intake.reports", key, f'{{"person_id": "{WORDS}"}}'.encode(), headers)

    async def told() -> bool:
        return bool(process.lines("message_dead_lettered"))

    await eventually(told, within_seconds=30, what="the message is set aside")
    (line,) = process.lines("message_dead_lettered")
    assert (line["service"], line["level"], line["error"]) == ("casework", "warning", "body_is_not_the_event")
    assert (line["case_id"], line["trace_id"]) == (str(report_id), trace_id)
    assert line["runbook"] == "docs/runbook.md#a-message-was-set-aside"
    assert line["timestamp"].endswith("Z")
    assert not any(WORDS in said for said in process.said)
    assert all(said.startswith("{") for said in process.said), "one JSON object per line, libraries included"


async def test_an_identity_provider_that_is_gone_is_told_and_the_service_stays_ready(casework: Bench) -> None:
    async with outspoken(casework, "api", CASEWORK_OIDC_ISSUER="http://127.0.0.1:9/realms/none") as process:

        async def told() -> bool:
            return not (await process.ready())[1]["checks"]["identity-provider"]["ok"]

        await eventually(told, what="the provider's absence is told")
        status, body = await process.ready()
        check = body["checks"]["identity-provider"]
        assert (status, body["ready"]) == (200, True), "whoever signed in works on"
        assert check["runbook"] == "docs/runbook.md#the-identity-provider-is-away"
        assert await process.figure("sigap_identity_provider_away_seconds")
