"""Steps of the hand-off's workflow: one command each, safe to run twice."""

from temporalio import activity

from services.casework.handoff.handoffs import commands
from services.casework.handoff.handoffs.messages import ClockReading, HandoffStart
from services.chassis.activities import acting
from services.chassis.clock import Pace
from services.chassis.processes import Running
from services.chassis.telemetry import tag_span


class HandoffActivities:
    """Bound to the worker's units of work, and to what a ringing clock sets going."""

    def __init__(self, running: Running, reach: commands.Reach, pace: Pace) -> None:
        self._running = running
        self._pace = pace
        self._reach = reach

    @activity.defn(name="read_clock")
    async def read_clock(self, start: HandoffStart) -> ClockReading:
        """When to look again."""
        tag_span(handoff_id=str(start.handoff_id))
        return await acting(self._running, lambda uow: commands.read_clock(start.handoff_id, uow, self._pace))

    @activity.defn(name="ring_clock")
    async def ring_clock(self, start: HandoffStart) -> ClockReading:
        """Write the next rung if it is due."""
        tag_span(handoff_id=str(start.handoff_id))
        woken_at = activity.info().scheduled_time
        return await acting(
            self._running, lambda uow: commands.ring_clock(start.handoff_id, self._reach, uow, self._pace, woken_at)
        )
