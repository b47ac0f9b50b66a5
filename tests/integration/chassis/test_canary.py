"""A planted person sent through every way in which things go wrong is found nowhere outside what is sealed."""

import json
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

import asyncpg
import httpx2
import pytest
import pytest_asyncio
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from temporalio.api.enums.v1 import EventType

from contracts.events.casework import HandoffRequested
from contracts.events.intake import ReportRejected
from contracts.values import Nik
from services.chassis import clock
from services.chassis.temporal import connect
from services.intake.wiring import SERVICE
from tests.support.engines import Stack
from tests.support.eventually import eventually
from tests.support.identity import Issuer
from tests.support.loopback import Answers, serving
from tests.support.nothing_personal import SENT_BY_TESTS, niks_in, persons_on_topics
from tests.support.outspoken import Outspoken, outspoken
from tests.support.services import Bench, bench_for
from tests.support.wire import VILLAGE, wire

NAME = "Sukarsih Kenariwati"
NIK = "3524175203889007"
FEATURES = "bekas luka bulan sabit di pelipis kiri"
CIRCUMSTANCES = "tidur di emperan toko kain selama musim hujan"
CANARY = (NAME, NIK, FEATURES, CIRCUMSTANCES)
PLACES = ("log", "spans", "metrics", "topics", "histories", "tables")


@dataclass(slots=True)
class Outside:
    """What runs around the service: a registry that answers with other people's data, and whoever collects spans."""

    url: str = ""
    asked: list[bytes] = field(default_factory=list)
    spans: list[bytes] = field(default_factory=list)


@contextmanager
def running_outside() -> Iterator[Outside]:
    """Serve both on a free loopback port."""
    outside = Outside()
    faults = [
        (500, f"no such citizen: {NAME} {NIK}"),
        (429, f"{NAME}"),
        (200, f'{{"result": "{NIK}'),
        (200, json.dumps({"result": NAME, "nik": f"{NIK} {NAME}"})),
    ]

    class Handler(Answers):
        def do_POST(self) -> None:
            body = self.body()
            if self.path == "/v1/traces":
                outside.spans.append(body)
                self.say(200, b"")
                return
            outside.asked.append(body)
            status, text = faults[min(len(outside.asked), len(faults)) - 1]
            self.say(status, text.encode())

    with serving(Handler) as outside.url:
        yield outside


@dataclass(slots=True)
class Flight:
    """The canary's way, and what every place holds after it."""

    bench: Bench
    process: Outspoken
    headers: dict[str, str]
    answers: dict[str, httpx2.Response] = field(default_factory=dict)
    found: dict[str, list[bytes]] = field(default_factory=dict)
    failed_activities: int = 0

    async def send(self, way: str, path: str, *, method: str = "POST", **request: Any) -> httpx2.Response:
        headers = {**self.headers, "Idempotency-Key": str(uuid4()), **request.pop("headers", {})}
        answer = await self.process.client.request(method, f"{self.process.url}{path}", headers=headers, **request)
        self.answers[way] = answer
        return answer


def report(**changes: Any) -> dict[str, Any]:
    return {
        "channel": "VILLAGE_DESK",
        "kind": "ODGJ",
        "village_code": VILLAGE,
        "found_at": (clock.utc_now() - timedelta(hours=1)).isoformat(),
        "person": {"name": NAME, "nik": NIK, "features": FEATURES},
        "circumstances": CIRCUMSTANCES,
        **changes,
    }


async def refused(flight: Flight) -> None:
    """Everything that a caller can do wrong with a person in hand."""
    key = {"Idempotency-Key": str(uuid4())}
    await flight.send("first", "/reports", json=report(), headers=key)
    await flight.send("same key, other body", "/reports", json=report(kind="GEPENG"), headers=key)
    await flight.send("wrong NIK", "/reports", json=report(person={"name": NAME, "nik": f"{NIK}1"}))
    await flight.send("name as a code", "/reports", json=report(kind=NAME))
    await flight.send("name as a field", "/reports", json=report(**{NAME: NIK}))
    await flight.send("half a body", "/reports", content=json.dumps(report())[:-9].encode())
    await flight.send("person twice", "/operations", json={
        "order_number": "300/UJI", "place_code": VILLAGE, "conducted_at": report()["found_at"],
        "reports": [report(), report()],
    })  # fmt: skip
    await flight.send("too large", "/reports", json=report(circumstances=f"{CIRCUMSTANCES} " * 500))
    await flight.send("wrong address", f"/reports/{NIK}", method="GET")
    await flight.send("no address", f"/orang/{quote(NAME)}", method="GET", params={"nik": NIK, "nama": NAME})
    await flight.send("wrong query", "/reports", method="GET", params={"state": NAME, "after": NIK})
    await flight.send("wrong method", f"/reports/{NIK}", method="PATCH", params={"nama": NAME})
    await flight.send("unknown method", "/reports", method=NIK)
    await flight.send("wrong token", "/reports", json=report(), headers={"Authorization": f"Bearer {NIK}.a.b"})
    await flight.send("wrong key", "/reports", json=report(), headers={"Idempotency-Key": NIK})
    await flight.send(
        "words in headers", "/reports", json=report(),
        headers={"User-Agent": NAME, "Referer": f"http://a/{NIK}", "traceparent": NIK, "baggage": f"nik={NIK}"},
    )  # fmt: skip


async def broken_database(flight: Flight) -> None:
    """The database refuses a row and quotes the person, as a unique index would."""
    owner = await asyncpg.connect(flight.bench.settings.migrator_database_url)
    try:
        await owner.execute(
            "CREATE FUNCTION quote_canary() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" RAISE EXCEPTION 'Key (name, nik)=({NAME}, {NIK}) already exists' USING ERRCODE = 'unique_violation',"
            f" DETAIL = 'Failing row contains ({FEATURES})'; END $$"
        )
        await owner.execute(
            "CREATE TRIGGER canary BEFORE INSERT ON reports FOR EACH ROW EXECUTE FUNCTION quote_canary()"
        )
        await flight.send("constraint", "/reports", json=report())
        await owner.execute("DROP TRIGGER canary ON reports")
        await owner.execute("ALTER TABLE reports RENAME COLUMN sealed TO gone")
        await flight.send("unhandled", "/reports", json=report())
        await owner.execute("ALTER TABLE reports RENAME COLUMN gone TO sealed")
    finally:
        await owner.close()


async def failing_workflow(flight: Flight, outside: Outside) -> None:
    """A registry answers with the person's own data where a code belongs, and with half an answer."""
    report_id = flight.answers["first"].json()["report_id"]
    await flight.send("verified", f"/reports/{report_id}/verification", json={"expected_version": 1})
    person_id = await flight.bench.value("SELECT person_id FROM reports WHERE id = $1", UUID(report_id))
    handoff_id = uuid4()
    asked = HandoffRequested(
        handoff_id=handoff_id, about_kind="case", about_id=uuid4(), purpose="IDENTIFICATION", from_agency="dinsos-uji",
        to_agency="dukcapil-uji", to_desk="layanan", answer_by=clock.utc_now(), candidate_no=1, person_id=person_id,
    )  # fmt: skip
    async with flight.bench.producer() as send:
        await send("casework.handoffs", *wire(asked, subject=handoff_id, correlation_id=UUID(report_id)))

    async def answered() -> bool:
        return len(outside.asked) >= 4 and bool(
            await flight.bench.value("SELECT answered_at FROM registry_checks WHERE handoff_id = $1", handoff_id)
        )

    await eventually(answered, within_seconds=60, what="the registry answered at last")


async def dead_letter_message(flight: Flight) -> None:
    """Messages that hold the person where ids belong, in body, header and key."""
    _, _, headers = wire(
        ReportRejected(reason_code="X"), subject=uuid4(), correlation_id=uuid4(), type_name=HandoffRequested.TYPE
    )
    SENT_BY_TESTS.add(f"{flight.bench.prefix}casework.handoffs")
    named = [(name, NAME.encode() if name == "ce_actor" else value) for name, value in headers]
    async with flight.bench.producer() as send:
        await send("casework.handoffs", b"a", json.dumps({"person_id": NAME, NAME: NIK}).encode(), headers)
        await send("casework.handoffs", NIK.encode(), b"{}", named)

    async def set_aside() -> bool:
        return bool(await flight.bench.value("SELECT count(*) FROM dead_letters") == 2)

    await eventually(set_aside, within_seconds=30, what="two set aside")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def flight(stack: Stack, issuer: Issuer) -> AsyncIterator[Flight]:
    """The canary sent through everything; then every place where it must not be, read whole."""
    headers = {"Authorization": f"Bearer {issuer.token(roles=['caseworker', 'reporter-agency'])}"}
    with running_outside() as outside:
        async with bench_for(
            SERVICE, stack, issuer, dukcapil_url=outside.url, request_body_limit_bytes=16_384
        ) as bench:
            async with outspoken(bench, OTEL_EXPORTER_OTLP_ENDPOINT=outside.url) as process:
                flight = Flight(bench, process, headers)
                await refused(flight)
                await broken_database(flight)
                await failing_workflow(flight, outside)
                await dead_letter_message(flight)
                flight.found["metrics"] = [(await process.client.get(f"{process.ops}/metrics")).content]
                await outbox_empty(bench)
            flight.found["log"] = [line.encode() for line in process.said]
            flight.found["spans"] = [str(span).encode() for body in outside.spans for span in spans_of(body)]
            flight.found["topics"] = await own_topics(bench)
            flight.found["histories"] = await histories(flight)
            flight.found["tables"] = await tables(bench)
            assert any(NIK.encode() in body for body in outside.asked), "the canary flew"
            yield flight


def spans_of(body: bytes) -> Iterator[Span]:
    for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
        for scope in resource.scope_spans:
            yield from scope.spans


async def outbox_empty(bench: Bench) -> None:
    async def ask() -> bool:
        return bool(await bench.value("SELECT count(*) FROM outbox WHERE sent_at IS NULL") == 0)

    await eventually(ask, within_seconds=30, what="everything said has left")


async def own_topics(bench: Bench) -> list[bytes]:
    """All that intake said: keys, headers and bodies."""
    count = await bench.value("SELECT count(*) FROM outbox WHERE transport = 'kafka'")
    names = [row["target"] for row in await bench.rows("SELECT DISTINCT target FROM outbox WHERE transport = 'kafka'")]
    records: Sequence[Any] = await bench.messages(*names, expected=count)
    return [part for r in records for part in (r.key or b"", r.value or b"", *(value for _, value in r.headers))]


async def histories(flight: Flight) -> list[bytes]:
    client = await connect(flight.bench.settings.temporal_address, flight.bench.settings.temporal_namespace)
    found: list[bytes] = []
    for row in await flight.bench.rows("SELECT id FROM registry_checks"):
        history = await client.get_workflow_handle(f"registry-check:{row['id']}").fetch_history()
        found += [event.SerializeToString() for event in history.events]
        flight.failed_activities += sum(
            event.activity_task_started_event_attributes.attempt - 1
            for event in history.events
            if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED
        )
    return found


async def tables(bench: Bench) -> list[bytes]:
    """Every row of every table as text; what was set aside is kept as it came, for those who may read it."""
    names = await bench.rows(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'dead_letters'"
    )
    rows = [row for name in names for row in await bench.rows(f"SELECT t::text FROM {name['tablename']} t")]
    return [row[0].encode() for row in rows]


async def test_the_canary_went_every_way_that_fails(flight: Flight) -> None:
    statuses = {way: answer.status_code for way, answer in flight.answers.items()}
    assert statuses == {
        "first": 201, "same key, other body": 422, "wrong NIK": 422, "name as a code": 422, "name as a field": 422,
        "half a body": 422, "person twice": 422, "too large": 413, "wrong address": 422, "no address": 404,
        "wrong query": 422, "wrong method": 405, "unknown method": 405, "wrong token": 401, "wrong key": 422,
        "words in headers": 201, "constraint": 500, "unhandled": 500, "verified": 200,
    }  # fmt: skip
    assert flight.failed_activities >= 3
    assert await flight.bench.value("SELECT count(*) FROM dead_letters WHERE body::text <> ''") == 2
    assert any(b"unexpected_fault" in line for line in flight.found["log"])
    assert any(b"library_line" in line for line in flight.found["log"]), "a library spoke too"


@pytest.mark.parametrize("place", PLACES)
async def test_the_canary_is_found_nowhere(flight: Flight, place: str) -> None:
    texts = flight.found[place]
    assert texts, "an empty place proves nothing"
    for secret in CANARY:
        for form in {secret.encode(), quote(secret).encode(), secret.replace(" ", "+").encode()}:
            held = [text.decode(errors="replace") for text in texts if form in text]
            assert not held, f"{place} holds {secret}: {held[0][:2000]}"


async def test_no_refusal_repeats_what_was_sent(flight: Flight) -> None:
    for way, answer in flight.answers.items():
        if way != "name as a field":
            assert not any(secret in answer.text for secret in CANARY), way


async def test_the_search_after_the_whole_run_would_find_the_canary(flight: Flight, stack: Stack) -> None:
    topic = f"{flight.bench.prefix}casework.handoffs"
    SENT_BY_TESTS.discard(topic)
    try:
        assert topic in await persons_on_topics(stack)
    finally:
        SENT_BY_TESTS.add(topic)


def test_the_canary_is_nobody() -> None:
    assert Nik(NIK).is_reserved_test()
    assert list(niks_in(f'{{"nik":"{NIK}","at":1795341538123456}}'.encode())) == [NIK]
