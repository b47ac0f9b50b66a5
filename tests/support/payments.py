"""The payment workflow with rows and bank played by a script: what tests and recorded histories run on."""

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

from services.disbursement.batches.messages import BatchReading, PaymentBatchStart, Submission
from services.disbursement.reconciliation.workflow import PaymentBatchWorkflow
from tests.support.busy_server import at_work
from tests.support.procedures import TASK_TIMEOUT

BATCH = UUID("01a20200-0000-7000-8000-0000000000b1")
QUEUE = "payments"


@dataclass
class ScriptedBatch:
    """A batch and its bank. ``statements_missing``: how often the bank has nothing to say yet."""

    env: WorkflowEnvironment
    state: str = "approved"
    statements_missing: int = 3
    away_times: int = 0
    refusals: int = 0
    steps: list[str] = field(default_factory=list)
    asked_at: list[datetime] = field(default_factory=list)

    def _reading(self) -> BatchReading:
        return BatchReading(
            is_to_be_sent=self.state == "approved",
            is_awaiting_statement=self.state == "sent",
            first_wait=timedelta(seconds=10),
            longest_wait=timedelta(seconds=60),
        )

    def activities(self) -> Sequence[Callable[..., Any]]:
        """The steps, by the names that the workflow asks for."""

        @activity.defn(name="read_batch")
        async def read_batch(start: PaymentBatchStart) -> BatchReading:
            self.steps.append("read")
            return self._reading()

        @activity.defn(name="submit_file")
        async def submit_file(start: PaymentBatchStart) -> Submission:
            self.steps.append("submit")
            if self.away_times > 0:
                self.away_times -= 1
                raise ApplicationError("RailIsAway", type="RailIsAway")
            refusal = ""
            if self.refusals > 0:
                self.refusals -= 1
                refusal = "BANK_422"
            return Submission(batch_id=start.batch_id, file_digest="0" * 64, refusal=refusal)

        @activity.defn(name="record_sent")
        async def record_sent(submission: Submission) -> BatchReading:
            self.steps.append("sent")
            self.state = "sent"
            return self._reading()

        @activity.defn(name="record_refusal")
        async def record_refusal(submission: Submission) -> None:
            self.steps.append(submission.refusal)

        @activity.defn(name="import_statement")
        async def import_statement(start: PaymentBatchStart) -> BatchReading:
            self.steps.append("import")
            self.asked_at.append(await self.env.get_current_time())
            self.statements_missing -= 1
            if self.statements_missing < 0:
                self.state = "reconciled"
            return self._reading()

        return [read_batch, submit_file, record_sent, record_refusal, import_statement]

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """Run a worker on the script."""
        async with at_work(
            Worker(self.env.client, task_queue=QUEUE, workflows=[PaymentBatchWorkflow], activities=self.activities())
        ):
            yield

    async def start(self, signal: dict[str, str] | None = None) -> WorkflowHandle[Any, Any]:
        """Signal-with-start, as the relay does it."""
        handle: WorkflowHandle[Any, Any] = await self.env.client.start_workflow(
            "PaymentBatchWorkflow",
            PaymentBatchStart(batch_id=BATCH, district="35.24"),
            id=f"batch:{BATCH}",
            task_queue=QUEUE,
            start_signal="batch_changed",
            start_signal_args=[signal or {"event_id": "approved"}],
            task_timeout=TASK_TIMEOUT,
            execution_timeout=timedelta(days=30),
        )
        return handle
