"""An upgrade and a roll-back with open cases, rehearsed: today's release, the next one, and today's again.

No worker keeps a run in memory here, so that each step replays all that another release did.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias
from uuid import UUID

import pytest
from temporalio.api.enums.v1 import WorkflowTaskFailedCause
from temporalio.client import Client, WorkflowHandle, WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner, Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner
from temporalio.workflow import NondeterminismError

from services.casework.handoff.handoffs.messages import HandoffChanged
from services.casework.office.procedure_messages.messages import CaseChanged
from tests.support import next_release
from tests.support.busy_server import at_work
from tests.support.checks import QUEUE as CHECKS
from tests.support.checks import ScriptedCheck
from tests.support.eventually import eventually
from tests.support.next_release import NEXT, NEXT_RULES, TODAY
from tests.support.payments import QUEUE as PAYMENTS
from tests.support.payments import ScriptedBatch
from tests.support.procedures import (
    QUEUE,
    WAITS,
    Deadline,
    silent_at,
    skipping,
    start_deadline,
    start_procedure,
)
from tests.support.stories import BLOCKED

Handle: TypeAlias = WorkflowHandle[Any, Any]
HANDOFF = UUID("01a20200-0000-7000-8000-0000000000a1")
OPEN_HISTORIES = sorted((Path(__file__).parents[1] / "replay" / "histories").glob("*-open*.json"))


@dataclass
class Story:
    """One open run at a wait: how it begins, what makes it look at its row, and what brings it to its end."""

    queue: str
    activities: Sequence[Any]
    begin: Callable[[], Awaitable[Handle]]
    looks: Callable[[], int]
    nudge: Callable[[Handle], Awaitable[None]]
    finish: Callable[[Handle], Awaitable[None]]

    @asynccontextmanager
    async def worked_by(self, client: Client, release: list[type[Any]], *, sandbox: bool = True) -> AsyncIterator[None]:
        """A worker of a release; it leaves at the end of the block."""
        runner = SandboxedWorkflowRunner() if sandbox else UnsandboxedWorkflowRunner()
        async with at_work(Worker(
            client, task_queue=self.queue, workflows=release, activities=self.activities,
            max_cached_workflows=0, workflow_runner=runner,
        )):  # fmt: skip
            yield

    async def until_it_looks(self, handle: Handle, nudge: bool) -> None:
        """Wait for one look more at the row."""
        before = self.looks()
        if nudge:
            await self.nudge(handle)

        async def looked() -> bool:
            return self.looks() > before

        await eventually(looked, within_seconds=60, what="a look at the row")


async def _procedure(workflow: str, silent: str, env: WorkflowEnvironment) -> Story:
    rows = silent_at(silent, env.client, WAITS[workflow][silent])
    if silent == BLOCKED:
        rows.blocked_times = 1000

    async def finish(handle: Handle) -> None:
        if silent == BLOCKED:
            rows.blocked_times = 0
            await handle.signal("case_changed", CaseChanged(event_id="unblocked"))
        else:
            await rows.speak(silent)
        await handle.result()
        assert rows.calls[-1] == "close"
        steps = [call for call in rows.calls if call != BLOCKED]
        assert len(steps) == len(set(steps)), "a step was done twice"

    return Story(
        queue=QUEUE,
        activities=rows.activities(),
        begin=lambda: start_procedure(env.client, workflow),
        looks=lambda: rows.calls.count(BLOCKED) if silent == BLOCKED else rows.looks * rows.is_called(silent),
        nudge=lambda handle: handle.signal("case_changed", CaseChanged(event_id="nudge")),
        finish=finish,
    )


async def _handoff(env: WorkflowEnvironment, rules_version: int = 1) -> Story:
    deadline = Deadline(env, [await env.get_current_time() + timedelta(days=1)])

    async def finish(handle: Handle) -> None:
        await handle.result()
        assert len(deadline.escalated_at) == 1

    return Story(
        queue=QUEUE,
        activities=deadline.activities(),
        begin=lambda: start_deadline(env.client, HANDOFF, rules_version),
        looks=lambda: deadline.looks,
        nudge=lambda handle: handle.signal("handoff_changed", HandoffChanged(event_id="nudge")),
        finish=finish,
    )


async def _check(env: WorkflowEnvironment) -> Story:
    check = ScriptedCheck(env, pending=1000)

    async def nudge(handle: Handle) -> None:
        """It looks by itself after a second."""

    async def finish(handle: Handle) -> None:
        check.pending = 0
        await handle.result()
        assert check.is_answered

    return Story(CHECKS, check.activities(), check.start, lambda: len(check.asked_at), nudge, finish)


async def _batch(env: WorkflowEnvironment) -> Story:
    batch = ScriptedBatch(env, statements_missing=1000)

    async def finish(handle: Handle) -> None:
        batch.statements_missing = 0
        await handle.result()
        assert batch.state == "reconciled"
        assert (batch.steps.count("submit"), batch.steps.count("sent")) == (1, 1)

    def nudge(handle: Handle) -> Awaitable[None]:
        return handle.signal("batch_changed", {"event_id": "nudge"})

    return Story(
        PAYMENTS, batch.activities(), batch.start, lambda: batch.steps.count("sent") + batch.steps.count("import"),
        nudge, finish,
    )  # fmt: skip


STORIES: dict[str, Callable[[WorkflowEnvironment], Awaitable[Story]]] = {
    **{
        f"{workflow}-{silent.replace(' ', '-')}": partial(_procedure, workflow, silent)
        for workflow, waits in WAITS.items()
        for silent in waits
    },
    "HandoffWorkflow": _handoff,
    "RegistryCheckWorkflow": _check,
    "PaymentBatchWorkflow-statement": _batch,
}


async def task_failures(handle: Handle) -> list[int]:
    """Why steps of a run could not be carried out by the code that was there."""
    history = await handle.fetch_history()
    return [
        event.workflow_task_failed_event_attributes.cause
        for event in history.events
        if event.HasField("workflow_task_failed_event_attributes")
    ]


@pytest.mark.parametrize("name", STORIES)
async def test_an_open_run_goes_on_through_an_upgrade_and_a_roll_back(name: str) -> None:
    async with skipping() as env:
        story = await STORIES[name](env)
        async with story.worked_by(env.client, TODAY):
            handle = await story.begin()
            await story.until_it_looks(handle, nudge=False)
        async with story.worked_by(env.client, NEXT):
            await story.until_it_looks(handle, nudge=True)
        async with story.worked_by(env.client, TODAY):
            await story.finish(handle)
        assert await task_failures(handle) == []


@pytest.mark.parametrize(
    "name", ["OdgjProcedure-bed", "GepengProcedure-return", *(n for n in STORIES if "Procedure" not in n)]
)
async def test_a_run_that_began_by_the_next_release_is_finished_by_todays(name: str) -> None:
    async with skipping() as env:
        story = await STORIES[name](env)
        async with story.worked_by(env.client, NEXT):
            handle = await story.begin()
            await story.until_it_looks(handle, nudge=False)
        async with story.worked_by(env.client, TODAY):
            await story.finish(handle)
        assert await task_failures(handle) == []


async def test_the_new_rules_are_for_runs_that_begin_under_them_and_need_the_release_that_knows_them() -> None:
    """Why a branch ships dormant one release: the code before it cannot tell runs of the new rules."""
    async with skipping() as env:
        story = await _handoff(env, rules_version=NEXT_RULES)
        async with story.worked_by(env.client, NEXT):
            handle = await story.begin()
            await story.until_it_looks(handle, nudge=False)
            await story.finish(handle)
        history = await handle.fetch_history()
    await Replayer(workflows=NEXT, data_converter=pydantic_data_converter).replay_workflow(history)
    with pytest.raises(NondeterminismError):
        await Replayer(workflows=TODAY, data_converter=pydantic_data_converter).replay_workflow(history)


@pytest.mark.parametrize("file", OPEN_HISTORIES, ids=lambda file: file.stem)
async def test_a_branch_for_running_cases_too_is_caught_by_every_open_history(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    history = WorkflowHistory.from_json(file.stem, file.read_text())
    replayer = partial(Replayer, data_converter=pydantic_data_converter, workflow_runner=UnsandboxedWorkflowRunner())
    await replayer(workflows=NEXT).replay_workflow(history)
    monkeypatch.setattr(next_release, "NEXT_RULES", 1)
    with pytest.raises(NondeterminismError):
        await replayer(workflows=NEXT).replay_workflow(history)


async def test_a_roll_back_heals_a_release_that_forgot_its_rules_version(monkeypatch: pytest.MonkeyPatch) -> None:
    async with skipping() as env:
        story = await _handoff(env)
        async with story.worked_by(env.client, TODAY):
            handle = await story.begin()
            await story.until_it_looks(handle, nudge=False)
        with monkeypatch.context() as patch:
            patch.setattr(next_release, "NEXT_RULES", 1)
            async with story.worked_by(env.client, NEXT, sandbox=False):
                await story.nudge(handle)

                async def stuck() -> bool:
                    return bool(await task_failures(handle))

                await eventually(stuck, within_seconds=60, what="a step that the hasty release cannot carry out")
        async with story.worked_by(env.client, TODAY):
            await story.finish(handle)
        cause = WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR
        assert set(await task_failures(handle)) == {cause}
