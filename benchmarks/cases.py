"""P9: from a report's POST to its case's workflow: intake, Kafka, casework and Temporal as real processes."""

import asyncio
import json
import os
import statistics
import sys
import time
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from uuid import uuid4

import httpx2
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.contrib.pydantic import pydantic_data_converter

from benchmarks.ground import Process, ground, service_environment, start
from benchmarks.intake import body
from benchmarks.ratio import keep, make_result, p99
from deploy.local.places import CHECKOUT
from services.casework.case.cases.commands import CASES
from services.casework.handoff.handoffs.messages import HandoffStart
from services.casework.office.matters.domain import case
from services.casework.office.procedure_messages.messages import procedure_id
from services.chassis import clock

WARM_UP = 40
BARE_STARTS = 300
ROUNDS = 5
ROUND_SECONDS = 12.0
BURST = 2000
OPERATION_LIMIT = 200


async def p9() -> None:
    """Report POST → case workflow started, p99, at half of the rate at which this server starts and ends workflows."""
    async with ground("postgres", "kafka", "temporal", "otlp") as place, AsyncExitStack() as stack:
        environment, prefix = await service_environment(place, "intake", telemetry=place.stack.otlp_endpoint)
        casework, _ = await service_environment(place, "casework", telemetry=place.stack.otlp_endpoint, prefix=prefix)
        await _load_pack(casework)
        intake = await _running(stack, "intake", environment)
        await _running(stack, "casework", casework)
        client = await Client.connect(
            place.stack.temporal_address,
            namespace=place.stack.temporal_namespace,
            data_converter=pydantic_data_converter,
        )
        road = _Road(client, intake.url, place.issuer.machine("satpolpp-lamongan", "reporter-agency"))
        await road.post_at(10.0, WARM_UP)
        await road.started(WARM_UP)
        rate = await _bare_rate(client, f"{prefix}casework")
        samples = []
        for number in range(ROUNDS):
            posted = await road.post_at(rate / 2, int(rate / 2 * ROUND_SECONDS))
            begun = await road.started(posted)
            taken = road.seconds(begun)
            samples.append(p99(taken))
            middle, slow = statistics.median(taken) * 1e3, samples[-1] * 1e3
            print(
                f"    round {number + 1}/{ROUNDS}: {rate / 2:.1f}/s, p50 {middle:.0f} ms, p99 {slow:.0f} ms", flush=True
            )
        drained = await road.burst(BURST)
        missing = road.missing
    keep(make_result("P9", "report POST → case workflow started, p99", samples, unit="s", target=1.0, goal=0.15,
                     correct=missing == 0, higher_is_better=False,
                     note=f"at {rate / 2:.1f} reports/s, half of {rate:.1f} workflows/s started and ended in the same "
                     f"run; a burst of {BURST:,} reports had all its workflows started {drained:.0f} s after the "
                     "first POST"))  # fmt: skip


class _Road:
    """Posts reports, each an operation of one person or of many, and asks Temporal when their workflows began."""

    def __init__(self, client: Client, url: str, token: str) -> None:
        self._client = client
        self._url = f"{url}/intake/operations"
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self._posted_at: dict[str, float] = {}
        self.missing = 0

    async def post_at(self, rate: float, count: int) -> int:
        """Post so many reports, evenly spaced, whether or not the earlier ones have been answered."""
        self._posted_at = {}
        async with httpx2.AsyncClient(timeout=30) as http:
            begun = time.perf_counter()
            posts = []
            for number in range(count):
                await asyncio.sleep(max(0.0, begun + number / rate - time.perf_counter()))
                posts.append(asyncio.create_task(self._post(http, 1)))
            await asyncio.gather(*posts)
        return count

    async def burst(self, count: int) -> float:
        """Post so many at once, in operations as large as they may be; seconds until every workflow had begun."""
        self._posted_at = {}
        begun = time.time()
        async with httpx2.AsyncClient(timeout=120) as http:
            await asyncio.gather(*(self._post(http, OPERATION_LIMIT) for _ in range(count // OPERATION_LIMIT)))
        times = await self.started(count, within_seconds=600)
        return max(times.values()) - begun

    async def _post(self, http: httpx2.AsyncClient, persons: int) -> None:
        at = time.time()
        answer = await http.post(
            self._url, content=_operation(persons), headers={**self._headers, "Idempotency-Key": str(uuid4())}
        )
        answer.raise_for_status()
        self._posted_at |= {report["report_id"]: at for report in answer.json()["reports"]}

    async def started(self, count: int, within_seconds: float = 60) -> dict[str, float]:
        """When the workflow of each posted report began; who has none at the end is counted as missing."""
        wanted = {procedure_id(case(clock.derived_id(CASES, report))): report for report in self._posted_at}
        found: dict[str, float] = {}
        until = time.perf_counter() + within_seconds
        while len(found) < count and time.perf_counter() < until:
            await asyncio.sleep(1)
            async for run in self._client.list_workflows("WorkflowType = 'OdgjProcedure'", page_size=1000):
                if run.id in wanted:
                    found[wanted[run.id]] = run.start_time.timestamp()
        self.missing += count - len(found)
        return found

    def seconds(self, begun: dict[str, float]) -> list[float]:
        """From POST to workflow."""
        return [begun[report] - at for report, at in self._posted_at.items() if report in begun]


def _operation(persons: int) -> bytes:
    now = datetime.now(UTC).isoformat()
    return json.dumps(
        {
            "order_number": f"SPT/{uuid4().int % 10**8}",
            "place_code": "35.24.17.2001",
            "conducted_at": now,
            "reports": [{**json.loads(body()), "channel": "OTHER_AGENCY", "found_at": now} for _ in range(persons)],
        }
    ).encode()


async def _bare_rate(client: Client, queue: str) -> float:
    """Workflows per second that a bare loop starts and this worker ends: each reads its row, finds none, and ends."""
    limit = asyncio.Semaphore(16)

    async def one() -> None:
        async with limit:
            handoff = uuid4()
            handle = await client.start_workflow(
                "HandoffWorkflow",
                HandoffStart(handoff_id=handoff, district="35.24"),
                id=f"handoff:{handoff}",
                task_queue=queue,
            )
            while (await handle.describe()).status == WorkflowExecutionStatus.RUNNING:
                await asyncio.sleep(0.05)

    begun = time.perf_counter()
    await asyncio.gather(*(one() for _ in range(BARE_STARTS)))
    return BARE_STARTS / (time.perf_counter() - begun)


async def _load_pack(environment: dict[str, str]) -> None:
    loading = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "services.casework", "load-pack", str(CHECKOUT / "deploy" / "districts"), cwd=CHECKOUT,
        env={**os.environ, **environment}, stdout=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    if await loading.wait():
        raise SystemExit("the district pack could not be loaded")


async def _running(stack: AsyncExitStack, service: str, environment: dict[str, str]) -> Process:
    url = f"http://127.0.0.1:{environment[f'{service.upper()}_HTTP_PORT']}"
    process = await start([f"services.{service}", "all"], environment, url, f"/{service}/health/ready")
    stack.push_async_callback(process.stop)
    return process
