"""``make record-histories``: runs every workflow once and keeps its history for replay.

Ended runs and open ones, one per wait point. Until the first tagged release histories are recorded anew with a change;
afterwards they are kept for ever and only added to (``python -m tests.replay.record --new``).
"""

import asyncio
import sys
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from temporalio.client import WorkflowHandle

from services.casework.handoff.handoffs.messages import HandoffChanged
from tests.support.checks import ScriptedCheck
from tests.support.eventually import eventually
from tests.support.notices import ScriptedMessage
from tests.support.payments import ScriptedBatch
from tests.support.procedures import (
    ANSWERS,
    NOBODY_AWAITS,
    WAITS,
    Clock,
    Rows,
    scripted,
    silent_at,
    skipping,
    start_clock,
    start_procedure,
    working,
)

HISTORIES = Path(__file__).parent / "histories"
CLOCKS = [UUID(f"01a20200-0000-7000-8000-0000000000{last}") for last in ("01", "02")]
ONLY_NEW = "--new" in sys.argv
INSURED = {"identification": ("COMPLETED", "MATCHED"), "insurance": ("COMPLETED", "ACTIVE")}
ENDS: dict[str, dict[str, Any]] = {
    "reunified": {},
    "insured": {"answers": INSURED},
    "funded-by-the-district": {"answers": {"pbi": ("COMPLETED", "REFUSED")}},
    "met-on-the-street": {"found_in_custody": False},
    "emergency-of-a-child": {"urgency": "EMERGENCY", "apparent_minor": True},
    "not-met": {"found_in_custody": False, "answers": {"first-response": ("COMPLETED", "NOT_MET")}},
    "not-odgj": {"answers": {"screening": ("COMPLETED", "NOT_ODGJ")}},
    "outpatient": {"answers": {"screening": ("COMPLETED", "OUTPATIENT")}},
    "absconded": {"answers": {"bed": ("FAILED", "ABSCONDED")}},
    "deceased": {"answers": {"bed": ("FAILED", "DECEASED")}},
    "placed": {"answers": NOBODY_AWAITS, "has_shelter": True},
    "transferred": {"answers": {"tracing": ("COMPLETED", "HOME_DISTRICT_FOUND")}},
    "no-bed-at-first": {"answers": {"bed": ("EXHAUSTED", ""), "bed#2": ("COMPLETED", "DISCHARGED_STABLE")}},
    "no-medicine-at-first": {"medicine_controls": 1, "answers": {"medicine-control-1": ("COMPLETED", "NO_MEDICINE")}},
}


async def _keep(handle: WorkflowHandle[Any, Any], name: str) -> None:
    file = HISTORIES / f"{name}.json"
    if ONLY_NEW and file.exists():
        return
    history = await handle.fetch_history()
    file.write_text(history.to_json() + "\n")
    print(name, len(history.events), "events")


async def _ended_procedures() -> None:
    for name, script in ENDS.items():
        async with skipping() as env:
            rows = scripted(env.client, script)
            async with working(env.client, rows.activities()):
                handle = await start_procedure(env.client)
                await handle.result()
                await _keep(handle, f"OdgjProcedure-{name}")
    async with skipping() as env:
        rows = Rows(env.client, case_type="GEPENG", visits=1)
        async with working(env.client, rows.activities()):
            handle = await start_procedure(env.client, "GepengProcedure")
            await handle.result()
            await _keep(handle, "GepengProcedure-returned")


async def _late_tasks() -> None:
    async with skipping() as env:
        due = await env.get_current_time() + timedelta(days=30)
        rows = Rows(env.client, {**ANSWERS, "visit-1": None}, visits=1, due={"visit-1": due})
        async with working(env.client, rows.activities()):
            handle = await start_procedure(env.client)
            await handle.result()
            await _keep(handle, "OdgjProcedure-visited-late")


async def _over_the_limit() -> None:
    async with skipping() as env:
        ends_at = await env.get_current_time() + timedelta(days=7)
        due = {"visit-1": ends_at + timedelta(days=1)}
        rows = Rows(env.client, {**ANSWERS, "visit-1": None}, visits=1, stay_ends_at=ends_at, due=due)
        async with working(env.client, rows.activities()):
            handle = await start_procedure(env.client)
            await handle.result()
            await _keep(handle, "OdgjProcedure-over-the-limit-of-the-shelter")


async def _open_procedures() -> None:
    for workflow, waits in WAITS.items():
        for silent, script in waits.items():
            async with skipping() as env:
                rows = silent_at(silent, env.client, script)
                async with working(env.client, rows.activities()):
                    handle = await start_procedure(env.client, workflow)
                    await _settle(partial(rows.is_called, silent))
                    await _keep(handle, f"{workflow}-open-at-{silent.replace(' ', '-')}")


async def _settle(reached: Callable[[], bool]) -> None:
    async def ask() -> bool:
        return reached()

    await eventually(ask)
    await asyncio.sleep(0.5)


async def _clocks() -> None:
    async with skipping() as env:
        now = await env.get_current_time()
        clock = Clock(env, [now + timedelta(hours=h) for h in (2, 4, 8)])
        async with working(env.client, clock.activities()):
            handle = await start_clock(env.client, CLOCKS[0])
            await handle.result()
            await _keep(handle, "HandoffWorkflow-rang-to-the-end")
    async with skipping() as env:
        now = await env.get_current_time()
        clock = Clock(env, [now + timedelta(days=1)])
        async with working(env.client, clock.activities()):
            handle = await start_clock(env.client, CLOCKS[1])
            await _settle(lambda: clock.looks > 0)
            await _keep(handle, "HandoffWorkflow-open")
            clock.is_open = False
            await handle.signal("handoff_changed", HandoffChanged(event_id="answered"))
            await handle.result()
            await _keep(handle, "HandoffWorkflow-answered")


async def _registry_checks() -> None:
    async with skipping() as env:
        check = ScriptedCheck(env, pending=2)
        async with check.working():
            handle = await check.start()
            await handle.result()
            await _keep(handle, "RegistryCheckWorkflow-pending-then-answered")
    async with skipping() as env:
        check = ScriptedCheck(env, pending=1000)
        async with check.working():
            handle = await check.start()
            await _settle(check.has_asked)
            await _keep(handle, "RegistryCheckWorkflow-open-at-pending")


async def _payments() -> None:
    scripts: dict[str, dict[str, Any]] = {
        "paid": {},
        "bank-away-at-first": {"away_times": 2},
        "refused": {"refusals": 1},
    }
    for name, changes in scripts.items():
        async with skipping() as env:
            batch = ScriptedBatch(env, **changes)
            async with batch.working():
                handle = await batch.start()
                await handle.result()
                await _keep(handle, f"PaymentBatchWorkflow-{name}")
    async with skipping() as env:
        batch = ScriptedBatch(env, statements_missing=1000)
        async with batch.working():
            handle = await batch.start()
            await _settle(lambda: "import" in batch.steps)
            await _keep(handle, "PaymentBatchWorkflow-open-at-statement")


async def _messages() -> None:
    scripts: dict[str, dict[str, Any]] = {
        "delivered": {"facts_missing": 2, "reports_missing": 2},
        "unwanted": {"is_unwanted": True},
        "refused": {"refusal": "GATEWAY_422"},
    }
    for name, changes in scripts.items():
        async with skipping() as env:
            message = ScriptedMessage(env, **changes)
            async with message.working():
                handle = await message.start()
                await handle.result()
                await _keep(handle, f"MessageWorkflow-{name}")
    waits: dict[str, dict[str, Any]] = {"prepare": {"facts_missing": 1000}, "check": {"reports_missing": 1000}}
    for step, changes in waits.items():
        async with skipping() as env:
            message = ScriptedMessage(env, **changes)
            async with message.working():
                handle = await message.start()
                await _settle(partial(message.has_done, step))
                await _keep(handle, f"MessageWorkflow-open-at-{step}")


async def main() -> None:
    """Record everything."""
    HISTORIES.mkdir(exist_ok=True)
    await _ended_procedures()
    await _late_tasks()
    await _over_the_limit()
    await _open_procedures()
    await _clocks()
    await _registry_checks()
    await _payments()
    await _messages()


if __name__ == "__main__":
    asyncio.run(main())
