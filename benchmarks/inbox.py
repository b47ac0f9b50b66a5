"""The work list over 100,000 hand-offs."""

import asyncio
import os
import time
from datetime import UTC, datetime, timedelta

import httpx2

from benchmarks.ground import ground, load_now
from benchmarks.office import GROUPS, HANDOFFS, HOSPITAL, OFFICE, Office, running_office
from benchmarks.ratio import keep, make_result

NEVER_SOON = timedelta(minutes=10)
FIFTHS = 5
HANDOFFS_IN_ALL, OPEN_SHARE, PAGES = int(os.environ.get("SIGAP_BENCH_HANDOFFS", "100000")), 20, 200
AGENCIES = [
    HOSPITAL, "puskesmas-lamongan", "puskesmas-babat", "puskesmas-paciran", "rsj-menur", "rsj-lawang",
    "desa-sukodadi", "bpjs-lamongan", "upt-bina-laras", "dinsos-jatim",
]  # fmt: skip


async def inbox() -> None:
    """The work list over 100,000 hand-offs, of which every twentieth is open, at one desk and at the office."""
    busy = load_now()
    async with ground("postgres", "kafka", "temporal") as place, running_office(place) as office:
        await office.end("relay")
        await office.end("worker")
        await _fill_archive(office)
        samples, scans, lines = [], 0, {}
        for agency, role in ((HOSPITAL, "desk-officer"), (OFFICE, "section-head")):
            cookies = await office.sign_in(agency, role)
            before = await _scans(office)
            taken, lines[agency] = await _pages(office, cookies)
            scans += await _scans(office) - before
            samples.append(taken)
    desk, whole = (_p95(one) for one in samples)
    slower = [_p95(samples[desk < whole][number::FIFTHS]) for number in range(FIFTHS)]
    open_ = HANDOFFS_IN_ALL // OPEN_SHARE
    note = (
        f"{open_:,} of them open, {open_ // len(AGENCIES):,} at one desk; {PAGES} pages each, one after another: p95 "
        f"{desk:.1f} ms for the desk, {whole:.1f} ms for the office that sent them all; the value is the slower "
        f"one's; sequential scans of hand-offs, as PostgreSQL counts: {scans}; {busy}"
    )
    keep(
        make_result(
            "inbox",
            f"work list over {HANDOFFS_IN_ALL:,} hand-offs, p95",
            slower,
            unit="ms",
            target=60.0,
            goal=15.0,
            correct=scans == 0 and all(lines.values()),
            higher_is_better=False,
            note=note,
        )
    )


def _p95(seconds: list[float]) -> float:
    """In milliseconds."""
    return sorted(seconds)[int(len(seconds) * 0.95) - 1] * 1e3


async def _fill_archive(office: Office) -> None:
    closed, open_ = HANDOFFS_IN_ALL - HANDOFFS_IN_ALL // OPEN_SHARE, HANDOFFS_IN_ALL // OPEN_SHARE
    await office.fill_cases("old", closed // 5, "closed")
    await office.fill_cases("new", open_ // 2, "open")
    for tag, count, cases, due_at, state in (
        ("old", closed, closed // 5, None, "closed"),
        ("new", open_, open_ // 2, datetime.now(UTC) + NEVER_SOON, "requested"),
    ):
        await office.pool.execute(GROUPS, office.handoff_id, tag, count)
        await office.pool.execute(HANDOFFS, office.handoff_id, tag, count, tag, cases, due_at, AGENCIES, state)
    await office.pool.execute(
        "UPDATE handoffs SET due_at = due_at + random() * interval '14 days' WHERE due_at IS NOT NULL"
    )
    await office.pool.execute("VACUUM ANALYZE handoffs")
    await office.pool.execute("VACUUM ANALYZE cases")


async def _scans(office: Office) -> int:
    """Sequential scans of the table so far; sessions hand in their counts within a second or when they end."""
    await asyncio.sleep(2)
    await office.pool.execute("SELECT pg_stat_clear_snapshot()")
    found: int = await office.value("SELECT seq_scan FROM pg_stat_user_tables WHERE relname = 'handoffs'")
    return found


async def _pages(office: Office, cookies: dict[str, str]) -> tuple[list[float], bool]:
    taken, lines = [], 0
    async with httpx2.AsyncClient(timeout=30, cookies=cookies) as http:
        for number in range(PAGES + 20):
            begun = time.perf_counter()
            answer = await http.get(f"{office.url}/")
            if number >= 20:
                taken.append(time.perf_counter() - begun)
            lines = answer.raise_for_status().text.count("/serah-terima/")
    return taken, lines >= 50
