"""Steps of the hand-off's workflow: one command each, safe to run twice."""

from temporalio import activity

from services.casework.handoff.handoffs import commands
from services.casework.handoff.handoffs.messages import DeadlineReading, HandoffStart
from services.chassis.activities import acting
from services.chassis.clock import Pace
from services.chassis.service import Running
from services.chassis.telemetry import tag_span


class HandoffActivities:
    """Bound to the worker's units of work, and to what a passed deadline sets going."""

    def __init__(self, running: Running, reach: commands.Reach, pace: Pace) -> None:
        self._running = running
        self._pace = pace
        self._reach = reach

    @activity.defn(name="read_deadlines")
    async def read_deadlines(self, start: HandoffStart) -> DeadlineReading:
        """When to look again."""
        tag_span(handoff_id=str(start.handoff_id))
        return await acting(self._running, lambda uow: commands.read_deadlines(start.handoff_id, uow, self._pace))

    @activity.defn(name="escalate_if_due")
    async def escalate_if_due(self, start: HandoffStart) -> DeadlineReading:
        """Write the next escalation step if it is due."""
        tag_span(handoff_id=str(start.handoff_id))
        woken_at = activity.info().scheduled_time
        return await acting(
            self._running,
            lambda uow: commands.escalate_if_due(start.handoff_id, self._reach, uow, self._pace, woken_at),
        )
