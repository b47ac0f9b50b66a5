"""The message workflow with rows and gateway played by a script: what tests and recorded histories run on."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from temporalio import activity
from temporalio.client import WorkflowHandle
from temporalio.exceptions import ApplicationError
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from services.notifications.messages.messages import MessageReading, MessageStart, Sending
from services.notifications.messages.workflow import MessageWorkflow
from tests.support.busy_server import at_work
from tests.support.procedures import TASK_TIMEOUT

MESSAGE = UUID("01a20200-0000-7000-8000-0000000000e1")
QUEUE = "messages"


@dataclass
class ScriptedMessage:
    """A message and its gateway. ``facts_missing`` and ``reports_missing``: how often there is nothing yet."""

    env: WorkflowEnvironment
    state: str = "pending"
    facts_missing: int = 0
    reports_missing: int = 1
    away_times: int = 0
    refusal: str = ""
    is_unwanted: bool = False
    steps: list[str] = field(default_factory=list)

    def _reading(self, *, is_missing_facts: bool = False) -> MessageReading:
        return MessageReading(
            is_missing_facts=is_missing_facts,
            is_to_be_sent=self.state == "pending" and not is_missing_facts,
            is_awaiting_report=self.state == "sent",
            first_wait=timedelta(seconds=5),
            longest_wait=timedelta(seconds=60),
        )

    def activities(self) -> Sequence[Callable[..., Any]]:
        """The steps, by the names that the workflow asks for."""

        @activity.defn(name="prepare_message")
        async def prepare_message(start: MessageStart) -> MessageReading:
            self.steps.append("prepare")
            self.facts_missing -= 1
            if self.is_unwanted:
                self.state = "skipped"
            return self._reading(is_missing_facts=self.facts_missing >= 0)

        @activity.defn(name="send_message")
        async def send_message(start: MessageStart) -> Sending:
            self.steps.append("send")
            if self.away_times > 0:
                self.away_times -= 1
                raise ApplicationError("ChannelIsAway", type="ChannelIsAway")
            return Sending(message_id=start.message_id, refusal=self.refusal)

        @activity.defn(name="record_message_sent")
        async def record_message_sent(sending: Sending) -> MessageReading:
            self.steps.append("record")
            self.state = "failed" if sending.refusal else "sent"
            return self._reading()

        @activity.defn(name="check_delivery")
        async def check_delivery(start: MessageStart) -> MessageReading:
            self.steps.append("check")
            self.reports_missing -= 1
            if self.reports_missing < 0:
                self.state = "delivered"
            return self._reading()

        return [prepare_message, send_message, record_message_sent, check_delivery]

    def has_done(self, step: str) -> bool:
        """Whether the workflow asked for a step already."""
        return step in self.steps

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """Run a worker on the script."""
        async with at_work(
            Worker(self.env.client, task_queue=QUEUE, workflows=[MessageWorkflow], activities=self.activities())
        ):
            yield

    async def start(self) -> WorkflowHandle[Any, Any]:
        """Signal-with-start, as the relay does it."""
        handle: WorkflowHandle[Any, Any] = await self.env.client.start_workflow(
            "MessageWorkflow",
            MessageStart(message_id=MESSAGE, district="35.24"),
            id=f"message:{MESSAGE}",
            task_queue=QUEUE,
            start_signal="message_changed",
            start_signal_args=[{"event_id": "told"}],
            task_timeout=TASK_TIMEOUT,
            execution_timeout=timedelta(days=30),
        )
        return handle
