"""The registry check's workflow with rows and registry played by a script: what tests and recorded histories run on."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from temporalio import activity
from temporalio.client import WorkflowHandle
from temporalio.exceptions import ApplicationError
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from services.intake.registries.messages import CheckProgress, CheckStart
from services.intake.registries.workflow import RegistryCheckWorkflow
from tests.support.busy_server import at_work
from tests.support.procedures import TASK_TIMEOUT

CHECK = UUID("01a20200-0000-7000-8000-0000000000c1")
QUEUE = "checks"


@dataclass
class ScriptedCheck:
    """A check and its registry. ``pending``: how often the registry only says that it is still looking."""

    env: WorkflowEnvironment
    pending: int = 2
    away_times: int = 0
    is_answered: bool = False
    asked_at: list[datetime] = field(default_factory=list)

    def activities(self) -> Sequence[Callable[..., Any]]:
        """The step, by the name that the workflow asks for."""

        @activity.defn(name="ask_registry")
        async def ask_registry(start: CheckStart) -> CheckProgress:
            if self.is_answered:
                return CheckProgress(is_answered=True)
            self.asked_at.append(await self.env.get_current_time())
            if self.away_times > 0:
                self.away_times -= 1
                raise ApplicationError("RegistryIsAway", type="RegistryIsAway")
            self.pending -= 1
            self.is_answered = self.pending < 0
            return CheckProgress(is_answered=self.is_answered)

        return [ask_registry]

    def has_asked(self) -> bool:
        """Whether the registry was asked already."""
        return bool(self.asked_at)

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """Run a worker on the script."""
        async with at_work(
            Worker(self.env.client, task_queue=QUEUE, workflows=[RegistryCheckWorkflow], activities=self.activities())
        ):
            yield

    async def start(self) -> WorkflowHandle[Any, Any]:
        """Signal-with-start, as the relay does it."""
        handle: WorkflowHandle[Any, Any] = await self.env.client.start_workflow(
            "RegistryCheckWorkflow",
            CheckStart(check_id=CHECK, district="35.24"),
            id=f"registry-check:{CHECK}",
            task_queue=QUEUE,
            start_signal="check_asked",
            start_signal_args=[{"event_id": "asked"}],
            task_timeout=TASK_TIMEOUT,
            execution_timeout=timedelta(days=30),
        )
        return handle
