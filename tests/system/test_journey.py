"""`make demo`: an operation from the street to aftercare and paid aid, with every part killed in the middle of it.

The demo checks every invariant itself (``deploy/sandbox/invariants.py``) and says so by its exit code; here it is
killed too and run again, and its outcomes, its aid and the books are compared with those of an undisturbed run.
"""

import asyncio
import json
import os
import random
import signal

from tests.support.whole_system import System, start_demo

SEED = 20
KILLED_IN_TURN = (
    "casework", "kafka", "intake", "postgres", "notifications", "temporal", "disbursement", "sandbox", "keycloak",
)  # fmt: skip
OUTCOMES = {
    "odgj-01": "REUNIFIED", "odgj-02": "REUNIFIED", "odgj-03": "REUNIFIED", "odgj-04": "PLACED_PANTI",
    "odgj-05": "PLACED_PANTI", "odgj-06": "REUNIFIED", "odgj-07": "REUNIFIED", "odgj-08": "PLACED_PANTI",
    "odgj-09": "ABSCONDED", "odgj-10": "NOT_ODGJ", "odgj-11": "PLACED_PANTI", "odgj-12": "PLACED_PANTI",
    "odgj-13": "REUNIFIED", "odgj-13-lagi": "DUPLICATE", "gepeng-01": "RETURNED_FAMILY",
    "gepeng-02": "RETURNED_FAMILY", "gepeng-03": "RETURNED_FAMILY", "anak-01": "RETURNED_FAMILY",
    "telepon-01": "REUNIFIED", "telepon-02": "DECEASED",
}  # fmt: skip
AIDED = {key for key, outcome in OUTCOMES.items() if outcome in ("REUNIFIED", "RETURNED_FAMILY")} - {"anak-01"}
STARTING_AID = 1_500_000
"""What the pack gives each of them, in rupiah."""


def pid_of(system: System, part: str) -> int | None:
    status = json.loads((system.site.state / "status.json").read_text())
    parts = status["parts"]
    found = parts.get(part) if isinstance(parts, dict) else next((p for p in parts if p["name"] == part), None)
    return int(found["pid"]) if found and found.get("pid") else None


async def balances(system: System) -> dict[str, int]:
    """The books by account; they sum to zero."""
    books = await system.get("disbursement", "/ledger/trial-balance", by="nur.auditor")
    assert books["sum_rupiah"] == 0
    return {account["account"]: account["balance_rupiah"] for account in books["accounts"]}


async def test_the_operation_ends_the_same_though_parts_are_killed_in_the_middle(system: System) -> None:
    chance = random.Random(SEED)
    before = await balances(system)
    first = await start_demo(system)
    assert first.stdout is not None
    async with asyncio.timeout(240):
        while True:
            line = (await first.stdout.readline()).decode()
            assert line, "the journey ended before anybody was in treatment"
            if "TREATMENT" in line:
                break
    first.send_signal(signal.SIGKILL)
    await first.wait()
    second = await start_demo(system)
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
        assert ("credited" in line) == (key in AIDED), line
    after = await balances(system)
    moved = sorted(filter(None, (amount - before.get(account, 0) for account, amount in after.items())))
    total = len(AIDED) * STARTING_AID
    assert moved == [-total, total], after
