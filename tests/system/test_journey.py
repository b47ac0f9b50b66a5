"""The demo's operation from the street to aftercare and paid aid, with parts killed in the middle of it.

The journey program checks the outcome and every invariant itself (``deploy/sandbox/invariants.py``) and says so by its
exit code; here it is killed too, and run again.
"""

import asyncio
import json
import os
import random
import signal
import sys
from typing import Any

from deploy.local.places import CHECKOUT
from tests.support.eventually import eventually
from tests.support.whole_system import System

SEED = 20
KILLED_IN_TURN = ("casework", "kafka", "intake", "postgres", "notifications", "temporal", "disbursement", "sandbox")
OUTCOMES = {
    "odgj-01": "REUNIFIED", "odgj-02": "REUNIFIED", "odgj-03": "REUNIFIED", "odgj-04": "PLACED_PANTI",
    "odgj-05": "PLACED_PANTI", "odgj-06": "REUNIFIED", "odgj-07": "REUNIFIED", "odgj-08": "PLACED_PANTI",
    "odgj-09": "ABSCONDED", "odgj-10": "NOT_ODGJ", "odgj-11": "PLACED_PANTI", "odgj-12": "PLACED_PANTI",
    "odgj-13": "REUNIFIED", "odgj-13-lagi": "DUPLICATE", "gepeng-01": "RETURNED_FAMILY",
    "gepeng-02": "RETURNED_FAMILY", "gepeng-03": "RETURNED_FAMILY",
}  # fmt: skip


async def start_journey(system: System) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "deploy.sandbox.journey", cwd=CHECKOUT,
        env={**os.environ, "SIGAP_STATE": str(system.site.state), "PYTHONUNBUFFERED": "1"},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip


def pid_of(system: System, part: str) -> int | None:
    status = json.loads((system.site.state / "status.json").read_text())
    parts = status["parts"]
    found = parts.get(part) if isinstance(parts, dict) else next((p for p in parts if p["name"] == part), None)
    return int(found["pid"]) if found and found.get("pid") else None


async def test_the_operation_ends_the_same_though_parts_are_killed_in_the_middle(system: System) -> None:
    chance = random.Random(SEED)
    first = await start_journey(system)
    assert first.stdout is not None
    async with asyncio.timeout(240):
        while True:
            line = (await first.stdout.readline()).decode()
            assert line, "the journey ended before anybody was in treatment"
            if "TREATMENT" in line:
                break
    first.send_signal(signal.SIGKILL)
    await first.wait()
    second = await start_journey(system)
    kills = []
    for part in chance.sample(KILLED_IN_TURN, k=len(KILLED_IN_TURN)):
        pid = pid_of(system, part)
        if pid is not None:
            os.kill(pid, signal.SIGKILL)
            kills.append(part)
        await asyncio.sleep(chance.uniform(1.0, 3.0))
    output, _ = await asyncio.wait_for(second.communicate(), 560)
    text = output.decode(errors="replace")
    print(text[-6000:])
    assert len(kills) >= 6, kills
    assert second.returncode == 0, text[-3000:]
    assert "Semua invarian terjaga." in text
    for key, outcome in OUTCOMES.items():
        line = next(line for line in text.splitlines() if f" {key} " in line and "/35.24/" in line)
        assert outcome in line, line


EDGES = {
    ("intake", "casework"),
    ("casework", "intake"),
    ("casework", "notifications"),
    ("casework", "casework"),
    ("intake", "intake"),
}
"""Which service's span is whose parent in an operation's trace: over HTTP, outbox, Kafka, inbox and Temporal."""

STEPS = ("post /intake/operations", "publish", "process", "transaction", "startworkflow", "runworkflow", "runactivity")


async def test_one_connected_picture_is_found_by_the_case(system: System) -> None:
    cases = (await system.get("casework", "/cases", by="sri.peksos", limit=50))["items"]
    assert cases, "the journey ran before"
    report_id = cases[0]["source_report_id"]

    async def traces() -> list[list[dict[str, Any]]]:
        answer = await system.client.get(
            f"http://127.0.0.1:{system.site.ports['zipkin']}/api/v2/traces",
            params={"annotationQuery": f"case.id={report_id}", "lookback": 86_400_000, "limit": 20},
        )
        found: list[list[dict[str, Any]]] = answer.json()
        return found

    found = await eventually(traces, what="traces of the case")
    spans = {span["id"]: span for trace in found for span in trace}
    edges = {
        (spans[span["parentId"]]["localEndpoint"]["serviceName"], span["localEndpoint"]["serviceName"])
        for span in spans.values()
        if span.get("parentId") in spans
    }
    assert edges >= EDGES, edges
    names = {span.get("name", "") for span in spans.values()}
    for step in STEPS:
        assert any(step in name for name in names), f"{step} is missing among {sorted(names)[:40]}"
    agencies = {span["localEndpoint"]["serviceName"] for trace in found for span in trace}
    assert "sandbox" in agencies, "an agency's answer is linked to the trace it was asked in"
