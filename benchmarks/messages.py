"""P17: many messages at once, against the gateway fed by a bare loop."""

import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import asyncpg

from benchmarks.ground import Ground, Process, free_port, ground, load_now, service_environment, start
from benchmarks.ratio import keep, make_result, paired
from deploy.local.places import CHECKOUT
from deploy.local.timing import cpu_seconds
from services.chassis.outbox import CHANNEL

MESSAGES = int(os.environ.get("SIGAP_BENCH_MESSAGES", "5000"))
CONNECTIONS = 16
PAIRS = 3
TEXT = "Dinsos Lamongan: bantuan untuk perkara 35.24/2026/000123 telah dibayarkan melalui kantor pos."

QUEUED = """
    WITH told AS (INSERT INTO messages (id, district, correlation_id, version, state, cause_fact_id, occasion,
        recipient, template, channel, agency, village_code, purpose, told_at, facts_by, to_name, to_masked, body)
    SELECT gen_random_uuid(), '35.24', $1, 1, 'pending', gen_random_uuid(), 'PAYMENT_CREDITED', 'VILLAGE',
        'village.payment-credited', 'SMS', '', '', '', now(), now() + interval '1 hour', '', '', ''
    FROM generate_series(1, $2) RETURNING id, district)
    INSERT INTO due_messages (message_id, district, due_at, traceparent) SELECT id, district, 'infinity', '' FROM told
"""


@asynccontextmanager
async def _gateway() -> AsyncIterator[Process]:
    with tempfile.TemporaryDirectory() as folder:
        port = str(free_port())
        environment = {
            "GATEWAY_PORT": port, "GATEWAY_MEMORY": str(Path(folder) / "memory.db"), "OTEL_SDK_DISABLED": "true",
        }  # fmt: skip
        process = await start(["benchmarks.gateway"], environment, f"http://127.0.0.1:{port}", "/health")
        try:
            yield process
        finally:
            await process.stop()


@asynccontextmanager
async def _notifications(place: Ground, gateway: str) -> AsyncIterator[tuple[int, asyncpg.Pool]]:
    """The sender as a process, its id, and its database with the district's pack in force."""
    environment, _ = await service_environment(place, "notifications", telemetry=place.stack.otlp_endpoint)
    port = free_port()
    environment |= {
        "NOTIFICATIONS_GATEWAY_URL": f"{gateway}/gateway", "NOTIFICATIONS_OPS_PORT": str(port),
        "NOTIFICATIONS_GATEWAY_CONNECTIONS": str(CONNECTIONS),
    }  # fmt: skip
    loaded = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "services.notifications", "load-pack", str(CHECKOUT / "deploy" / "districts"),
        cwd=CHECKOUT, env={**os.environ, **environment, "OTEL_SDK_DISABLED": "true"},
    )  # fmt: skip
    if await loaded.wait():
        raise SystemExit("the pack was not loaded")
    ready = "/notifications/health/ready"
    process = await start(["services.notifications", "relay"], environment, f"http://127.0.0.1:{port}", ready)
    async with asyncpg.create_pool(environment["NOTIFICATIONS_DATABASE_URL"], min_size=1, max_size=2) as pool:
        try:
            yield process.process.pid, pool
        finally:
            await process.stop()


async def _handed_over(pool: asyncpg.Pool) -> float:
    """Seconds from the moment that all are due until the last is with the gateway and written down."""
    report_id: UUID = uuid4()
    await pool.execute(
        "INSERT INTO case_numbers VALUES ($1, $2, 'ODGJ/35.24/2026/000123', '35.24.17.2007', now(), '35.24')",
        report_id, uuid4(),
    )  # fmt: skip
    await pool.execute(QUEUED, report_id, MESSAGES)
    begun = time.perf_counter()
    await pool.execute("UPDATE due_messages SET due_at = now()")
    await pool.execute(f"NOTIFY {CHANNEL}")
    while await pool.fetchval("SELECT count(*) FROM messages WHERE state = 'pending'"):
        await asyncio.sleep(0.05)
    seconds = time.perf_counter() - begun
    await pool.execute("DELETE FROM due_messages")
    return seconds


async def _bare(gateway: str) -> float:
    """Seconds of posting as many over as many kept-alive connections, by hand."""
    parts = urlsplit(gateway)
    waiting = iter(range(MESSAGES))

    async def work() -> None:
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        for _ in waiting:
            body = json.dumps({"reference": str(uuid4()), "to": "+6281200000217", "text": TEXT}).encode()
            head = (
                f"POST /gateway/messages HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Type: application/json\r\n"
                f"Content-Length: {len(body)}\r\n\r\n"
            )
            writer.write(head.encode() + body)
            answer = await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(int(answer.lower().split(b"content-length: ", 1)[1].split(b"\r\n", 1)[0]))
            if not answer.startswith(b"HTTP/1.1 202"):
                raise SystemExit(f"the gateway refuses: {answer[:40]!r}")
        writer.close()

    begun = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(CONNECTIONS)))
    return time.perf_counter() - begun


def _memory_mib(pid: int) -> int:
    line = next(one for one in Path(f"/proc/{pid}/status").read_text().splitlines() if one.startswith("VmHWM"))
    return int(line.split()[1]) // 1024


async def p17() -> None:
    """Messages due at once until the gateway has them ÷ the gateway fed by a bare loop."""
    busy = load_now()
    async with (
        ground("postgres", "kafka", "temporal", "otlp") as place,
        _gateway() as gateway,
        _notifications(place, gateway.url) as (pid, pool),
    ):
        memory_before = _memory_mib(pid)
        cpu, handed = cpu_seconds(pid) or 0.0, 0

        async def ours() -> float:
            nonlocal handed
            handed += MESSAGES
            return await _handed_over(pool)

        async def theirs() -> float:
            return await _bare(gateway.url)

        samples = await paired(ours, theirs, PAIRS)
        sent = await pool.fetchval("SELECT count(*) FROM messages WHERE state = 'sent'")
        cpu, memory = (cpu_seconds(pid) or 0.0) - cpu, _memory_mib(pid)
    note = (
        f"{MESSAGES:,} messages to a village about one case, {CONNECTIONS} connections on both sides; ours with rows, "
        f"actions, facts and all traces, until the last is written down; {cpu / handed * 1000:.2f} ms of CPU a message "
        f"in the sending process, which held {memory_before} MiB before and {memory} MiB at most; {busy}"
    )
    keep(
        make_result(
            "P17",
            "messages due at once → with the gateway ÷ gateway fed by a bare loop",
            samples,
            unit="×",
            target=2.0,
            goal=1.2,
            correct=sent == handed,
            higher_is_better=False,
            note=note,
        )
    )
