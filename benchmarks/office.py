"""Casework as four real processes, and as many hand-offs in it as a figure needs."""

import asyncio
import hashlib
import os
import secrets
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx2
import orjson
import psutil
from aiokafka import AIOKafkaProducer

from benchmarks.ground import ROOT, Ground, Process, free_port, service_environment, start
from contracts.events.intake import ReportVerified
from contracts.values import RegionCode
from tests.support.wire import VILLAGE, wire

OFFICE, HOSPITAL, DISTRICT = "dinsos-lamongan", "rsud-soegiri", "35.24"
PARTS = ("api", "consumer", "relay", "worker")

CASES = """
INSERT INTO cases SELECT r.* FROM cases c, generate_series(1, $3::int) n, LATERAL jsonb_populate_record(c,
    jsonb_build_object('id', md5($2 || 'case' || n), 'correlation_id', md5($2 || 'key' || n), 'number', $2 || '/' || n,
    'source_report_id', md5($2 || 'report' || n), 'person_id', md5($2 || 'person' || n), 'state', $4::text,
    'closed_at', CASE WHEN $4::text = 'closed' THEN now() END)) r WHERE c.id = $1
"""
MATTERS = """
INSERT INTO matters SELECT r.* FROM matters m, generate_series(1, $3::int) n, LATERAL jsonb_populate_record(m,
    jsonb_build_object('id', md5($2 || 'case' || n), 'correlation_id', md5($2 || 'key' || n), 'number', $2 || '/' || n,
    'person_id', md5($2 || 'person' || n))) r WHERE m.id = $1
"""
GROUPS = """
INSERT INTO handoff_groups SELECT r.* FROM handoffs h JOIN handoff_groups g ON g.id = h.group_id,
    generate_series(1, $3::int) n, LATERAL jsonb_populate_record(g, jsonb_build_object(
    'id', md5($2 || 'group' || n), 'correlation_id', md5($2 || 'key' || n))) r WHERE h.id = $1
"""
HANDOFFS = """
INSERT INTO handoffs SELECT r.* FROM handoffs h, generate_series(1, $3::int) n, LATERAL jsonb_populate_record(h,
    jsonb_build_object('id', md5($2 || 'handoff' || n), 'group_id', md5($2 || 'group' || n),
    'correlation_id', md5($2 || 'key' || n), 'due_at', $6::timestamptz, 'state', $8::text,
    'about_id', coalesce(md5($4::text || 'case' || (1 + n % $5::int)), h.about_id::text),
    'to_agency', ($7::text[])[1 + n % cardinality($7::text[])],
    'ended_at', CASE WHEN $6::timestamptz IS NULL THEN now() END,
    'deadline', CASE WHEN $6::timestamptz IS NOT NULL THEN h.deadline END)) r WHERE h.id = $1
"""
DEADLINES = """
INSERT INTO deadlines SELECT r.* FROM deadlines c, generate_series(1, $3::int) n, LATERAL jsonb_populate_record(c,
    jsonb_build_object('id', md5($2 || c.kind || n), 'about_id', md5($2 || 'handoff' || n),
    'correlation_id', md5($2 || 'key' || n), 'escalates_at', $4::timestamptz,
    'due_at', $4::timestamptz - (c.escalates_at - c.due_at))) r WHERE c.about_id = $1
"""


@dataclass(slots=True)
class Office:
    """A casework that runs, with one hand-off opened by its API that the others are made like."""

    place: Ground
    environment: dict[str, str]
    prefix: str
    pool: asyncpg.Pool
    processes: dict[str, Process] = field(default_factory=dict)
    case_id: UUID = field(default_factory=uuid4)
    handoff_id: UUID = field(default_factory=uuid4)

    @property
    def url(self) -> str:
        """Where its API is."""
        return f"http://127.0.0.1:{self.environment['CASEWORK_HTTP_PORT']}/casework"

    @property
    def queue(self) -> str:
        """The task queue that its worker serves."""
        return self.environment["CASEWORK_TASK_QUEUE"]

    def headers(self) -> dict[str, str]:
        """What the office's duty head sends."""
        token = self.place.issuer.token(agency=OFFICE, roles=["section-head"])
        return {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    async def begin(self, part: str) -> None:
        """Start one of its processes and wait until it says that it is ready."""
        port = self.environment["CASEWORK_HTTP_PORT"] if part == "api" else str(free_port())
        own = self.environment | ({} if part == "api" else {"CASEWORK_OPS_PORT": port})
        url = f"http://127.0.0.1:{port}"
        self.processes[part] = await start(["services.casework", part], own, url, "/casework/health/ready")

    async def end(self, part: str) -> None:
        """Stop one of its processes."""
        await self.processes.pop(part).stop()

    def memory(self, part: str) -> int:
        """Bytes that one of its processes holds for itself."""
        return memory_of(self.processes[part].process.pid)

    async def value(self, sql: str, *values: Any) -> Any:
        """One value from its database."""
        return await self.pool.fetchval(sql, *values)

    async def until(self, sql: str, wanted: int, *values: Any, within_seconds: float = 900) -> None:
        """Wait until a count is reached."""
        async with asyncio.timeout(within_seconds):
            while await self.value(sql, *values) < wanted:
                await asyncio.sleep(0.05)

    async def command(self, *arguments: str) -> None:
        """Run one of the service's own commands."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "services.casework", *arguments, cwd=ROOT,
            env={**os.environ, **self.environment}, stdout=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        if await process.wait():
            raise SystemExit(f"casework {arguments[0]} failed")

    async def fill_cases(self, tag: str, count: int, state: str) -> None:
        """So many cases in a state, each with its matter."""
        await self.pool.execute(CASES, self.case_id, tag, count, state)
        await self.pool.execute(MATTERS, self.case_id, tag, count)

    async def fill(self, tag: str, count: int, due_at: datetime) -> None:
        """So many open hand-offs with running deadlines, in four statements; their workflows are started by nobody
        yet."""
        await self.pool.execute(GROUPS, self.handoff_id, tag, count)
        await self.pool.execute(HANDOFFS, self.handoff_id, tag, count, None, 1, due_at, [HOSPITAL], "requested")
        await self.pool.execute(DEADLINES, self.handoff_id, tag, count, due_at)

    async def workflows_look(self, tag: str, count: int) -> None:
        """Start their workflows by ``reconcile`` and the relay; returns when each has read its row."""
        await self.command("reconcile")
        await self.until(
            "SELECT count(*) FROM timer_checks k JOIN generate_series(1, $2::int) n"
            " ON k.handoff_id = md5($1 || 'handoff' || n)::uuid",
            count,
            tag,
            count,
        )

    async def escalated(self, tag: str, count: int) -> int:
        """How many of them were escalated."""
        found: int = await self.value(
            "SELECT count(*) FROM escalation_steps r JOIN generate_series(1, $2::int) n"
            " ON r.about_id = md5($1 || 'handoff' || n)::uuid",
            tag,
            count,
        )
        return found

    async def sign_in(self, agency: str, role: str) -> dict[str, str]:
        """A person's session, as the sign-in would leave it; answers the cookies."""
        token = secrets.token_urlsafe(32)
        who = {"actor": f"bench-{agency}", "agency": agency, "roles": [role], "offices": [DISTRICT], "display_name": ""}
        await self.pool.execute(
            "INSERT INTO sessions (token_digest, principal, csrf_token, id_token, ends_at, district)"
            " VALUES ($1, $2::json, 'x', '', now() + interval '1 hour', $3)",
            hashlib.sha256(token.encode()).digest(),
            orjson.dumps(who).decode(),
            DISTRICT,
        )
        return {"sigap_casework": token}


def memory_of(pid: int) -> int:
    """Bytes a process holds; what it shares with others is divided among them."""
    held: int = psutil.Process(pid).memory_full_info().pss
    return held


@asynccontextmanager
async def running_office(place: Ground, *, prefix: str = "") -> AsyncIterator[Office]:
    """Casework as four processes with the Lamongan pack, and its first hand-off opened through the API."""
    environment, prefix = await service_environment(place, "casework", prefix=prefix)
    pool = await asyncpg.create_pool(environment["CASEWORK_MIGRATOR_DATABASE_URL"], min_size=1, max_size=2)
    office = Office(place, environment, prefix, pool)
    try:
        await office.command("load-pack", str(ROOT / "deploy" / "districts"))
        for part in PARTS:
            await office.begin(part)
        office.case_id = await _first_case(office)
        async with httpx2.AsyncClient(timeout=30) as http:
            answer = await http.post(
                f"{office.url}/cases/{office.case_id}/handoffs",
                headers={**office.headers(), "Idempotency-Key": str(uuid4())},
                content=orjson.dumps({"purpose": "INPATIENT_BED", "candidates": [HOSPITAL]}),
            )  # fmt: skip
            office.handoff_id = UUID(answer.raise_for_status().json()["handoff_id"])
        yield office
    finally:
        for part in list(office.processes):
            await office.end(part)
        await pool.close()


async def _first_case(office: Office) -> UUID:
    report_id = uuid4()
    event = ReportVerified(
        case_type_guess="ODGJ_TERLANTAR", kind="ODGJ", person_id=uuid4(), village_code=RegionCode(VILLAGE),
        urgency="URGENT", operation_id=uuid4(), channel="OTHER_AGENCY", reporter_agency="satpolpp-lamongan",
        apparent_minor=False, is_with_reporter=True, found_at=datetime.now(UTC),
    )  # fmt: skip
    producer = AIOKafkaProducer(bootstrap_servers=office.place.stack.kafka_bootstrap)
    await producer.start()
    key, body, headers = wire(event, subject=report_id, correlation_id=report_id, district=DISTRICT)
    await producer.send_and_wait(f"{office.prefix}intake.reports", body, key, headers=headers)
    await producer.stop()
    await office.until("SELECT count(*) FROM cases WHERE source_report_id = $1", 1, report_id, within_seconds=60)
    found: UUID = await office.value("SELECT id FROM cases WHERE source_report_id = $1", report_id)
    return found
