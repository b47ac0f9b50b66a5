"""Casework's workflows with rows played by a script: what tests and recorded histories run on."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from temporalio import activity
from temporalio.client import Client, WorkflowHandle
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from services.casework.case.cases.messages import (
    CaseFacts,
    CaseRef,
    CloseResult,
    CreateStepTask,
    EnterStage,
    RecordOutcome,
)
from services.casework.case.occurrences.messages import StepOccurrence, StepTold
from services.casework.handoff.handoffs.messages import DeadlineReading, HandoffChanged, HandoffStart
from services.casework.handoff.handoffs.workflow import HandoffWorkflow
from services.casework.office.case_types.domain import CASE_TYPES
from services.casework.office.procedure_messages.messages import ProcedureStart, RequestStep, StepEnded, StepResult
from tests.support.busy_server import at_work, delivered, standing_still
from tests.support.eventually import eventually
from tests.support.stories import BLOCKED, STORIES, Answer, Script

CASE = UUID("01a20200-0000-7000-8000-000000000001")
QUEUE = "procedures"
TASK_TIMEOUT = timedelta(seconds=5)
"""After so long the next worker gets what another took along when it left; the server by itself waits ten seconds."""
ANSWERS: dict[str, Answer] = {
    "custody": ("COMPLETED", "IN_CARE"),
    "first-response": ("COMPLETED", "MET"),
    "emergency": ("COMPLETED", "STABILISED"),
    "child-protection": ("COMPLETED", "PROTECTED"),
    **{step: answer for stories in STORIES.values() for step, answer in stories.answers.items()},
}
STORY_SECONDS = 180
"""A story that hangs is a failure of its test, not of the whole run."""
WAITS: dict[str, dict[str, Script]] = {
    workflow: {step: {**stories.case, **script} for step, script in stories.waits.items()}
    for workflow, stories in STORIES.items()
}
"""By procedure, every wait point: the silent step, and what leads to it."""
ENDS: dict[str, dict[str, Script]] = {
    workflow: {name: {**stories.case, **script} for name, script in stories.ends.items()}
    for workflow, stories in STORIES.items()
}
"""By procedure, every end: its name, and what leads to it."""
PROCEDURES = [CASE_TYPES.workflow_of(kind.code) for kind in CASE_TYPES]


@dataclass
class Rows:
    """Plays the rows: answers every step by the script, after the step was asked for, by signal.

    A step that the script maps to nothing stays silent. ``already`` holds steps that had ended before this run: what a
    restart finds. What a run of the real rows would keep (``ready``, whether the service has ended) is kept here too.
    """

    client: Client
    answers: Mapping[str, tuple[str, str] | None] = field(default_factory=lambda: dict(ANSWERS))
    already: dict[str, StepResult] = field(default_factory=dict)
    visits: int = 3
    medicine_controls: int = 0
    urgency: str = "URGENT"
    found_in_custody: bool = True
    has_shelter: bool = False
    apparent_minor: bool = False
    stay_ends_at: datetime | None = None
    ready: dict[str, str] = field(default_factory=dict)
    has_aid: bool = True
    is_over: bool = False
    has_ended: bool = False
    resumed_at: datetime | None = None
    case_type: str = "ODGJ_TERLANTAR"
    blocked_times: int = 0
    calls: list[str] = field(default_factory=list)
    looks: int = 0
    due: dict[str, datetime] = field(default_factory=dict)
    asked: dict[str, Any] = field(default_factory=dict)
    told: list[StepOccurrence] = field(default_factory=list)
    stays: list[datetime] = field(default_factory=list)
    noted: set[tuple[str, str]] = field(default_factory=set)
    answered_after: Mapping[str, str] = field(default_factory=dict)
    """By step, another that is answered before it, where the story depends on who was first."""
    answered: set[str] = field(default_factory=set)

    def _note(self, call: str) -> None:
        """Write a call down once, also when it is tried again because the worker that carried it out left."""
        of = activity.info()
        if (of.workflow_run_id or "", of.activity_id) not in self.noted:
            self.noted.add((of.workflow_run_id or "", of.activity_id))
            self.calls.append(call)

    async def _step(self, case_id: UUID, step: str) -> StepResult:
        if step in self.already:
            return self.already[step]
        self._note(step)
        known = step.split("#", 1)[0]
        answer = self.answers.get(step, self.answers.get(known, ("COMPLETED", "DONE")))
        if answer is not None:
            still = await standing_still(self.client)
            asyncio.get_running_loop().create_task(self._tell_then(still, case_id, step, *answer))
        return StepResult(step=step, ended=False, next_check_at=self.due.get(step))

    async def _tell_then(self, go_on: Callable[[], Awaitable[None]], case_id: UUID, step: str, *answer: str) -> None:
        try:
            if first := self.answered_after.get(step):
                await self._until_answered(first)
            await self._tell(case_id, step, *answer)
        finally:
            await go_on()

    async def _until_answered(self, step: str) -> None:
        async def told() -> bool:
            ended_before_this_run = step in self.already and step not in self.calls
            return step in self.answered or ended_before_this_run

        await eventually(told, what=f"{step} answered")

    async def _tell(self, case_id: UUID, step: str, outcome: str, code: str) -> None:
        reason = code if outcome in ("FAILED", "CANCELLED") else ""
        said: dict[str, Any] = {"step": step, "outcome": outcome, "result_code": code, "reason_code": reason}
        said["agency"] = f"agency-of-{step.split('#', 1)[0]}"
        message = StepEnded(event_id=str(uuid4()), **said)
        self.already[step] = StepResult(ended=True, **said)
        handle = self.client.get_workflow_handle(f"case:{case_id}")
        for _ in range(2):
            await delivered(lambda: handle.signal("step_ended", message))
        self.answered.add(step)

    async def speak(self, step: str) -> None:
        """Answer a step that stayed silent."""
        await self._tell(CASE, step, *(self.answers.get(step) or ANSWERS.get(step, ("COMPLETED", "DONE"))))

    @activity.defn(name="read_case")
    async def read_case(self, ref: CaseRef) -> CaseFacts:
        self.looks += 1
        return CaseFacts(
            case_id=ref.case_id, district="35.24", case_type=self.case_type, is_over=self.is_over,
            reporter_agency="satpolpp", has_aid=self.has_aid, visits=self.visits,
            has_ended=self.has_ended, urgency=self.urgency, found_in_custody=self.found_in_custody,
            has_shelter=self.has_shelter, apparent_minor=self.apparent_minor, ready=dict(self.ready),
            medicine_controls=self.medicine_controls, stay_ends_at=self.stay_ends_at,
            resumed_at=self.resumed_at,
        )  # fmt: skip

    @activity.defn(name="enter_stage")
    async def enter_stage(self, step: EnterStage) -> None:
        self._note(f"stage {step.stage}")

    @activity.defn(name="request_handoff")
    async def request_handoff(self, step: RequestStep) -> StepResult:
        self.asked[step.step] = step
        return await self._step(step.about_id, step.step)

    @activity.defn(name="create_task")
    async def create_task(self, step: CreateStepTask) -> StepResult:
        self.asked[step.step] = step
        return await self._step(step.case_id, step.step)

    @activity.defn(name="check_task_due")
    async def check_task_due(self, step: CreateStepTask) -> StepResult:
        self._note(f"ring {step.step}")
        await self._tell(step.case_id, step.step, "COMPLETED", "DONE")
        return StepResult(step=step.step, ended=False)

    @activity.defn(name="check_stay")
    async def check_stay(self, ref: CaseRef) -> None:
        if self.stay_ends_at is not None and activity.info().scheduled_time >= self.stay_ends_at:
            self.stays.append(self.stay_ends_at)
        self.stay_ends_at = None

    @activity.defn(name="record_step_occurrence")
    async def record_step_occurrence(self, told: StepOccurrence) -> StepTold:
        self._note(f"happened {told.kind}")
        self.told.append(told)
        self.has_ended = True
        return StepTold(has_ended=True)

    @activity.defn(name="record_outcome")
    async def record_outcome(self, step: RecordOutcome) -> None:
        self._note(f"outcome {step.outcome}")

    @activity.defn(name="request_aid")
    async def request_aid(self, ref: CaseRef) -> None:
        self._note("request aid")

    @activity.defn(name="read_aid")
    async def read_aid(self, ref: CaseRef) -> StepResult:
        if "aid" in self.already:
            return self.already["aid"]
        return await self._step(ref.case_id, "aid")

    @activity.defn(name="close_case")
    async def close_case(self, ref: CaseRef) -> CloseResult:
        if self.blocked_times:
            self.blocked_times -= 1
            self._note(BLOCKED)
            return CloseResult(closed=False, blockers=("handoffs",))
        self._note("close")
        return CloseResult(closed=True)

    def is_called(self, step: str) -> bool:
        """Whether the procedure asked for a step already."""
        return step in self.calls

    def activities(self) -> list[Any]:
        return [
            self.read_case, self.enter_stage, self.request_handoff, self.create_task, self.check_task_due,
            self.record_outcome, self.request_aid, self.read_aid,
            self.close_case, self.check_stay, self.record_step_occurrence,
        ]  # fmt: skip


def scripted(client: Client, script: Mapping[str, Any]) -> Rows:
    """Rows that answer by a script."""
    given = {name: value for name, value in script.items() if name != "answers"}
    return Rows(client, {**ANSWERS, **script.get("answers", {})}, **given)


def from_now(now: datetime, script: Mapping[str, Any]) -> dict[str, Any]:
    """A script whose spans are instants."""
    due = {step: now + after for step, after in script.get("due_after", {}).items()}
    stay_ends_at = now + script["stay_ends_after"] if "stay_ends_after" in script else None
    rest = {name: value for name, value in script.items() if name not in ("due_after", "stay_ends_after")}
    return {**rest, "due": due, "stay_ends_at": stay_ends_at}


def silent_at(step: str, client: Client, script: Mapping[str, Any]) -> Rows:
    """Rows that answer by a script and say nothing at one step."""
    return scripted(client, {**script, "answers": {**script.get("answers", {}), step: None}})


async def until_called(rows: Rows, step: str) -> None:
    """Wait until the procedure asked for a step."""

    async def called() -> bool:
        return rows.is_called(step)

    await eventually(called, what=step)


@dataclass
class Deadline:
    """Plays a hand-off's row for its deadline: an escalation policy of instants, each escalated when asked at or after
    their time.
    """

    env: WorkflowEnvironment
    escalation_policy: list[datetime]
    is_open: bool = True
    escalated_at: list[datetime] = field(default_factory=list)
    looks: int = 0
    held: int = 0
    """So often the database's clock is not believed."""

    def _reading(self) -> DeadlineReading:
        left = self.escalation_policy[len(self.escalated_at) :]
        return DeadlineReading(is_open=self.is_open and bool(left), next_check_at=left[0] if left else None)

    @activity.defn(name="read_deadlines")
    async def read_deadlines(self, start: HandoffStart) -> DeadlineReading:
        self.looks += 1
        return self._reading()

    @activity.defn(name="escalate_if_due")
    async def escalate_if_due(self, start: HandoffStart) -> DeadlineReading:
        left = self.escalation_policy[len(self.escalated_at) :]
        now = await self.env.get_current_time()
        if self.held:
            self.held -= 1
            days_off = now + timedelta(days=3)
            return DeadlineReading(is_open=True, next_check_at=days_off, next_check_within=timedelta(minutes=1))
        if self.is_open and left and now >= left[0]:
            self.escalated_at.append(now)
        return self._reading()

    def activities(self) -> list[Any]:
        return [self.read_deadlines, self.escalate_if_due]


@asynccontextmanager
async def skipping() -> AsyncIterator[WorkflowEnvironment]:
    """The time-skipping server, fresh."""
    path = shutil.which("temporal-test-server") or ".venv/bin/temporal-test-server"
    async with await WorkflowEnvironment.start_time_skipping(
        test_server_existing_path=path, data_converter=pydantic_data_converter
    ) as env:
        async with asyncio.timeout(STORY_SECONDS):
            yield env


@asynccontextmanager
async def working(client: Client, activities: list[Any]) -> AsyncIterator[None]:
    """A worker for casework's workflows."""
    workflows: list[type[Any]] = [HandoffWorkflow, *PROCEDURES]
    async with at_work(Worker(client, task_queue=QUEUE, workflows=workflows, activities=activities)):
        yield


async def start_procedure(
    client: Client, workflow: str = "OdgjProcedure", case_id: UUID = CASE, rules_version: int = 1
) -> WorkflowHandle[Any, Any]:
    """Start a case's procedure."""
    return await client.start_workflow(
        workflow,
        ProcedureStart(about_id=case_id, district="35.24", rules_version=rules_version),
        id=f"case:{case_id}",
        task_queue=QUEUE,
        task_timeout=TASK_TIMEOUT,
        execution_timeout=timedelta(days=400),
    )


async def start_deadline(
    client: Client, handoff_id: UUID | None = None, rules_version: int = 1, said: str = ""
) -> WorkflowHandle[Any, Any]:
    """Start a hand-off's workflow, with a word by the event id ``said`` when there is one."""
    handoff_id = handoff_id or uuid4()
    return await client.start_workflow(
        "HandoffWorkflow",
        HandoffStart(handoff_id=handoff_id, district="35.24", rules_version=rules_version),
        id=f"handoff:{handoff_id}",
        task_queue=QUEUE,
        task_timeout=TASK_TIMEOUT,
        execution_timeout=timedelta(days=30),
        start_signal="handoff_changed" if said else None,
        start_signal_args=[HandoffChanged(event_id=said)] if said else [],
    )
