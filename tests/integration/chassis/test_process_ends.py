"""A process lives and ends whole: nothing of it stays when its work has failed, and no full disk of logs ends it."""

import asyncio
import socket
from pathlib import Path
from uuid import uuid4

from contracts.events.intake import ReportRejected
from services.casework.wiring import SERVICE
from tests.support.engines import Stack
from tests.support.eventually import eventually
from tests.support.identity import Issuer
from tests.support.outspoken import outspoken
from tests.support.services import bench_for
from tests.support.wire import wire


async def test_a_process_whose_part_failed_leaves_though_a_thread_does_not_end(stack: Stack, issuer: Issuer) -> None:
    async with (
        bench_for(SERVICE, stack, issuer) as bench,
        outspoken(bench, module="tests.support.hanging_service", await_ready=False) as process,
    ):
        assert await asyncio.wait_for(process.process.wait(), 60) != 0
        assert await process.status("/health/live") == 0
    assert process.lines("process_did_not_end")


async def test_a_log_that_cannot_be_written_ends_nothing(stack: Stack, issuer: Issuer) -> None:
    async with bench_for(SERVICE, stack, issuer) as bench, outspoken(bench, output="/dev/full") as process:
        key = uuid4()
        fact = ReportRejected(reason_code="X")
        unreadable = wire(fact, subject=key, correlation_id=key, type_name="intake.report.verified.v1")
        async with bench.producer() as send:
            await send("intake.reports", *unreadable)

        async def set_aside() -> bool:
            return bool(await process.figure("sigap_dead_letters"))

        await eventually(set_aside, within_seconds=60, what="what was to be logged was done")
        await process.is_ready()
        assert process.process.returncode is None


async def test_systemd_hears_that_a_process_lives(stack: Stack, issuer: Issuer, tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.settimeout(30)
        heard = asyncio.get_running_loop().run_in_executor(None, systemd.recv, 100)
        async with (
            bench_for(SERVICE, stack, issuer) as bench,
            outspoken(bench, "api", NOTIFY_SOCKET=str(tmp_path / "notify")),
        ):
            assert await heard == b"READY=1\nWATCHDOG=1"


async def test_a_disk_that_fills_up_is_told_before_it_is_full(stack: Stack, issuer: Issuer) -> None:
    async with (
        bench_for(SERVICE, stack, issuer, disk_room_limit_bytes=2**60) as bench,
        outspoken(bench, "api", await_ready=False) as process,
    ):
        checks = await process.failing("disk")
        assert "MiB free" in checks["disk"]["detail"]
        assert checks["disk"]["runbook"] == "docs/runbook.md#a-disk-fills-up"
        assert (await process.figure("sigap_disk_free_bytes") or 0) > 0
