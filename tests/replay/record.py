"""``make record-histories``: runs every workflow once and keeps its history for replay.

Ended runs and open ones, one per wait point. Until the first tagged release histories are recorded anew with a change;
afterwards they are kept for ever and only added to (``python -m tests.replay.record --new``).
"""

import asyncio
import json
import sys
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHandle, WorkflowHistory

from services.casework.handoff.handoffs.messages import HandoffChanged
from tests.support.checks import ScriptedCheck
from tests.support.eventually import eventually
from tests.support.payments import ScriptedBatch
from tests.support.procedures import (
    ENDS,
    WAITS,
    Deadline,
    from_now,
    scripted,
    silent_at,
    skipping,
    start_deadline,
    start_procedure,
    working,
)

HISTORIES = Path(__file__).parent / "histories"
DEADLINES = [UUID(f"01a20200-0000-7000-8000-0000000000{last}") for last in ("01", "02")]
ONLY_NEW = "--new" in sys.argv


AWAITED = {
    EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED,
    EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED,
    EventType.EVENT_TYPE_TIMER_STARTED,
}
"""What a workflow asked for last, and waits for."""


def _is_at_rest(history: WorkflowHistory) -> bool:
    """Whether the run has ended, or its worker has answered everything that happened so far."""
    kinds = [event.event_type for event in history.events]
    if kinds[-1] == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED:
        return True
    answered = EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED
    return answered in kinds and AWAITED.issuperset(kinds[len(kinds) - kinds[::-1].index(answered) :])


async def _keep(handle: WorkflowHandle[Any, Any], name: str) -> None:
    file = HISTORIES / f"{name}.json"
    if ONLY_NEW and file.exists():
        return

    async def at_rest() -> WorkflowHistory | None:
        history = await handle.fetch_history()
        return history if _is_at_rest(history) else None

    history = await eventually(at_rest, what=f"{name} at rest")
    assert history is not None
    file.write_text(json.dumps(json.loads(history.to_json()), separators=(",", ":"), ensure_ascii=False) + "\n")
    print(name, len(history.events), "events")


async def _ended_procedures() -> None:
    for workflow, ends in ENDS.items():
        for name, script in ends.items():
            async with skipping() as env:
                rows = scripted(env.client, from_now(await env.get_current_time(), script))
                async with working(env.client, rows.activities()):
                    handle = await start_procedure(env.client, workflow)
                    await handle.result()
                    await _keep(handle, f"{workflow}-{name}")


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


async def _deadlines() -> None:
    async with skipping() as env:
        now = await env.get_current_time()
        deadline = Deadline(env, [now + timedelta(hours=h) for h in (2, 4, 8)])
        async with working(env.client, deadline.activities()):
            handle = await start_deadline(env.client, DEADLINES[0])
            await handle.result()
            await _keep(handle, "HandoffWorkflow-escalated-to-the-end")
    async with skipping() as env:
        now = await env.get_current_time()
        deadline = Deadline(env, [now + timedelta(days=1)])
        async with working(env.client, deadline.activities()):
            handle = await start_deadline(env.client, DEADLINES[1])
            await _settle(lambda: deadline.looks > 0)
            await _keep(handle, "HandoffWorkflow-open")
            deadline.is_open = False
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


async def main() -> None:
    """Record everything."""
    HISTORIES.mkdir(exist_ok=True)
    await _ended_procedures()
    await _open_procedures()
    await _deadlines()
    await _registry_checks()
    await _payments()


if __name__ == "__main__":
    asyncio.run(main())
