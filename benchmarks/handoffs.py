"""P10 and P11, and deadlines that fall due together."""

import asyncio
import os
import statistics
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import httpx2
import orjson
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from benchmarks.ground import Ground, ground, load, load_now, post_all, service_environment, start
from benchmarks.intake import body
from benchmarks.office import DISTRICT, HOSPITAL, Office, memory_of, running_office
from benchmarks.ratio import keep, make_result, p99, paired
from services.casework.handoff.handoffs.messages import HandoffStart

STARTS, PAIRS, IN_FLIGHT = 150, 5, 16
OPEN = int(os.environ.get("SIGAP_BENCH_OPEN", "10000"))
ROUNDS, REPORTS, REPORTS_A_SECOND = 4, 200, 20.0
DUE_WHILE_AWAY = 100
FAR = timedelta(days=30)
SPREAD_SECONDS = 11.0
Side = Callable[[], Awaitable[tuple[float, float]]]
"""One side of P10: when it began, and when the server had said yes to the last start."""


async def _client(place: Ground) -> Client:
    return await Client.connect(
        place.stack.temporal_address,
        namespace=place.stack.temporal_namespace,
        data_converter=pydantic_data_converter,
    )


async def p10() -> None:
    """Hand-offs opened by the API until their workflows are started ÷ the same workflows started by a bare loop."""
    busy = load_now()
    async with ground("postgres", "kafka", "temporal") as place, running_office(place) as office:
        client = await _client(place)

        async def ours() -> tuple[float, float]:
            tag = f"o{uuid4().hex[:6]}"
            await office.fill_cases(tag, STARTS, "open")
            begun = time.perf_counter()
            await _open_by_api(office, tag)
            while await office.value(
                "SELECT EXISTS (SELECT FROM outbox WHERE transport = 'temporal' AND sent_at IS NULL)"
            ):
                await asyncio.sleep(0.02)
            return begun, time.perf_counter()

        async def bare() -> tuple[float, float]:
            tag = f"b{uuid4().hex[:6]}"
            await office.fill(tag, STARTS, datetime.now(UTC) + FAR)
            ids = await office.pool.fetch(
                "SELECT md5($1 || 'handoff' || n)::uuid AS id FROM generate_series(1, $2::int) n", tag, STARTS
            )
            begun = time.perf_counter()
            await _start_bare(client, office.queue, [row["id"] for row in ids])
            return begun, time.perf_counter()

        made, armed = 0, dict[Side, list[float]]({ours: [], bare: []})

        async def settled(side: Side) -> float:
            """Until the server's word; the next side begins when the worker has read every row: its deadline is
            armed."""
            nonlocal made
            begun, said = await side()
            made += STARTS
            await office.until("SELECT count(*) FROM timer_checks", made)
            armed[side].append(STARTS / (time.perf_counter() - begun))
            return STARTS / (said - begun)

        ratios = await paired(lambda: settled(ours), lambda: settled(bare), PAIRS)
        opened = await office.value("SELECT count(*) FROM handoffs WHERE purpose = 'INPATIENT_BED'")
    to_the_end = [one / other for one, other in zip(armed[ours][1:], armed[bare][1:], strict=True)]
    kept = {"unit": "×", "target": 0.70, "goal": 0.85, "correct": opened == 2 * STARTS * (PAIRS + 1) + 1}
    note = (
        f"ours: {STARTS} POST /cases/(id)/handoffs, {IN_FLIGHT} at a time, each with its rows, actions, disclosure, "
        "feed lines, fact and signal in one commit, until the relay has the server's word for the last workflow; "
        "other: client.start_workflow of as many HandoffWorkflows, as many at a time, same task queue, same worker, "
        "which reads a row of its own for each on both sides, here mostly after the bare side's end but beside ours; "
        "what is weighed is the HTTP call, the commit and the relay. Ours adds the request, the story line that hears "
        "the fact, Kafka and the relay to the cores that the workflow server fills on either side: more cores would "
        f"get there, or a driver below SQLAlchemy's ORM for the three reads before the commit; {busy}"
    )
    keep(
        make_result(
            "P10", "hand-offs opened by API → workflow started ÷ bare start_workflow", ratios, **kept, note=note
        )
    )
    note = "the same runs, each side until the worker has read the last row and set its timer: when a promise is kept"
    keep(
        make_result(
            "P10a",
            "hand-offs opened by API → deadline armed ÷ bare start → deadline armed",
            to_the_end,
            **kept,
            note=note,
        )
    )


async def _open_by_api(office: Office, tag: str) -> None:
    cases = await office.pool.fetch(
        "SELECT md5($1 || 'case' || n)::uuid AS id FROM generate_series(1, $2::int) n", tag, STARTS
    )
    content = orjson.dumps({"purpose": "INPATIENT_BED", "candidates": [HOSPITAL]})
    posts = [(f"/casework/cases/{case['id']}/handoffs", content) for case in cases]
    await post_all(office.url, posts, office.headers(), IN_FLIGHT)


async def _start_bare(client: Client, queue: str, handoffs: list[UUID]) -> None:
    waiting = iter(handoffs)

    async def work() -> None:
        for handoff in waiting:
            await client.start_workflow(
                "HandoffWorkflow",
                HandoffStart(handoff_id=handoff, district=DISTRICT),
                id=f"handoff:{handoff}",
                task_queue=queue,
            )

    await asyncio.gather(*(work() for _ in range(IN_FLIGHT)))


async def p11() -> None:
    """Report POST p99 with many hand-offs open ÷ with none; memory of each; restart of the workflow server."""
    busy = load_now()
    async with ground("postgres", "kafka", "temporal") as place, running_office(place) as office:
        environment, _ = await service_environment(place, "intake", prefix=office.prefix)
        url = f"http://127.0.0.1:{environment['INTAKE_HTTP_PORT']}"
        intake = await start(["services.intake", "all"], environment, url, "/intake/health/ready")
        try:
            headers = {**office.headers(), "Authorization": f"Bearer {place.issuer.token(roles=['caseworker'])}"}
            await load(f"{url}/intake/reports", [body()] * 100, headers, connections=4)
            without = [p99(await _latencies(f"{url}/intake/reports", headers)) for _ in range(ROUNDS)]
            before = memory_of(place.stack.pid("temporal")), office.memory("worker")
            begun = time.perf_counter()
            await office.fill("away", DUE_WHILE_AWAY, datetime.now(UTC) + FAR)
            await office.fill("far", OPEN - DUE_WHILE_AWAY, datetime.now(UTC) + FAR)
            await office.workflows_look("far", OPEN - DUE_WHILE_AWAY)
            filled = time.perf_counter() - begun
            print(f"    {OPEN:,} open after {filled:.0f} s", flush=True)
            after = memory_of(place.stack.pid("temporal")), office.memory("worker")
            with_open = [p99(await _latencies(f"{url}/intake/reports", headers)) for _ in range(ROUNDS)]
        finally:
            await intake.stop()
        restart, rang = await _restart(office)
        runs = await (await _client(place)).count_workflows(
            "ExecutionStatus = 'Running' AND WorkflowType = 'HandoffWorkflow'"
        )
    none, many = statistics.median(without) * 1e3, statistics.median(with_open) * 1e3
    server, worker = ((now - then) / OPEN / 1024 for now, then in zip(after, before, strict=True))
    ratios = [one / other for one, other in zip(with_open, without, strict=True)]
    correct = rang == DUE_WHILE_AWAY and runs.count > OPEN
    note = (
        f"at {REPORTS_A_SECOND:.0f} reports/s, p99 {none:.0f} ms without and {many:.0f} ms with; none and many "
        f"cannot alternate, so they are {ROUNDS} rounds before and {ROUNDS} after filling, which took {filled:.0f} s "
        f"by the relay; each open one costs the workflow server {server:.1f} KiB, the worker {worker:.1f} KiB; {busy}"
    )
    keep(
        make_result(
            "P11",
            f"report POST p99 with {OPEN:,} open hand-offs ÷ with none",
            ratios,
            unit="×",
            target=1.5,
            goal=1.05,
            correct=correct,
            higher_is_better=False,
            note=note,
        )
    )
    note = (
        f"from its start until the last of {DUE_WHILE_AWAY} deadlines that fell due while it was down has "
        "escalation; it "
        f"had been killed; afterwards it listed every run as running; {busy}"
    )
    keep(
        make_result(
            "P11r",
            f"restart of the workflow server with {OPEN:,} open hand-offs",
            [restart],
            unit="s",
            target=30.0,
            goal=10.0,
            correct=correct,
            higher_is_better=False,
            note=note,
        )
    )


async def _latencies(url: str, headers: dict[str, str]) -> list[float]:
    """Seconds of each POST, evenly spaced, whether or not the earlier ones have been answered."""
    taken: list[float] = []

    async def post(http: httpx2.AsyncClient) -> None:
        begun = time.perf_counter()
        answer = await http.post(url, content=body(), headers={**headers, "Idempotency-Key": str(uuid4())})
        answer.raise_for_status()
        taken.append(time.perf_counter() - begun)

    async with httpx2.AsyncClient(timeout=30) as http:
        begun, posts = time.perf_counter(), []
        for number in range(REPORTS):
            await asyncio.sleep(max(0.0, begun + number / REPORTS_A_SECOND - time.perf_counter()))
            posts.append(asyncio.create_task(post(http)))
        await asyncio.gather(*posts)
    return taken


async def _restart(office: Office) -> tuple[float, int]:
    """Deadlines of some timers come near, the server is killed and started; seconds until each was escalated."""
    due_at = datetime.now(UTC) + timedelta(seconds=12)
    await office.pool.execute(
        "UPDATE deadlines SET escalates_at = $1, due_at = $1 FROM generate_series(1, $2::int) n"
        " WHERE about_id = md5('away' || 'handoff' || n)::uuid",
        due_at,
        DUE_WHILE_AWAY,
    )
    before = datetime.now(UTC)
    await _wake(office, "away", DUE_WHILE_AWAY)
    await office.until(
        "SELECT count(*) FROM timer_checks k JOIN generate_series(1, $1::int) n"
        " ON k.handoff_id = md5('away' || 'handoff' || n)::uuid WHERE k.checked_at > $2",
        DUE_WHILE_AWAY,
        DUE_WHILE_AWAY,
        before,
    )
    begun = time.perf_counter()
    await office.place.stack.kill("temporal")
    await asyncio.sleep(max(0.0, (due_at - datetime.now(UTC)).total_seconds()))
    down = time.perf_counter() - begun
    started = time.perf_counter()
    await office.place.stack.start("temporal")
    print(f"    down for {down:.1f} s, ready {time.perf_counter() - started:.1f} s after its start", flush=True)
    rang = await _all_escalated_of(office, "away", DUE_WHILE_AWAY)
    return time.perf_counter() - started, rang


async def _wake(office: Office, tag: str, count: int) -> None:
    """Tell the workflows of some hand-offs to look again, through the outbox, as a moved deadline does."""
    await office.pool.execute(
        "INSERT INTO outbox OVERRIDING SYSTEM VALUE SELECT r.* FROM (SELECT * FROM outbox WHERE transport = 'temporal'"
        " AND body::text LIKE '%handoff:' || $1::uuid::text || '%' ORDER BY id LIMIT 1) o,"
        " generate_series(1, $3::int) n,"
        " LATERAL jsonb_populate_record(o::outbox, jsonb_build_object('id', nextval('outbox_id_seq'),"
        " 'key', md5($2 || 'key' || n)::uuid::text, 'sent_at', null, 'recorded_at', now(), 'body',"
        " replace(o.body::text, $1::uuid::text, md5($2 || 'handoff' || n)::uuid::text)::jsonb)) r",
        office.handoff_id,
        tag,
        count,
    )


async def _all_escalated_of(office: Office, tag: str, count: int, within_seconds: float = 300) -> int:
    until = time.perf_counter() + within_seconds
    while (rang := await office.escalated(tag, count)) < count and time.perf_counter() < until:
        await asyncio.sleep(0.05)
    return rang


async def burst() -> None:
    """Deadlines that fell due together while the worker was away: seconds from its readiness until all are handled."""
    async with ground("postgres", "kafka", "temporal") as place, running_office(place) as office:
        await _burst(office, 100, rounds=3, target=5.0, goal=5.0)
        await _burst(office, 1000, rounds=1, target=60.0, goal=20.0)


async def _burst(office: Office, count: int, *, rounds: int, target: float, goal: float) -> None:
    busy, samples, spans, doubled = load_now(), [], [], 0
    for _ in range(rounds):
        tag = f"d{uuid4().hex[:6]}"
        due_at = datetime.now(UTC) + timedelta(seconds=20 + count / 20)
        await office.fill(tag, count, due_at)
        await office.workflows_look(tag, count)
        await office.end("worker")
        await asyncio.sleep(max(0.0, (due_at - datetime.now(UTC)).total_seconds() + SPREAD_SECONDS))
        begun = time.perf_counter()
        await office.begin("worker")
        ready = time.perf_counter()
        doubled += abs(await _all_escalated_of(office, tag, count) - count)
        samples.append(time.perf_counter() - ready)
        spans.append(time.perf_counter() - begun)
        print(f"    {count} due: {samples[-1]:.1f} s from readiness, {spans[-1]:.1f} s from the start", flush=True)
    note = (
        "they fell due while the worker was away; from its saying that it is ready until the last escalation "
        "is written; "
        f"{statistics.median(spans):.1f} s from its start; {busy}"
    )
    keep(
        make_result(
            f"due{count}",
            f"{count:,} deadlines due together, all handled",
            samples,
            unit="s",
            target=target,
            goal=goal,
            correct=doubled == 0,
            higher_is_better=False,
            note=note,
        )
    )
