"""What a procedure does when the end of a step says that something happened to the person."""

from temporalio import activity

from services.casework.case.occurrences import commands
from services.casework.case.occurrences.messages import StepOccurrence, StepTold
from services.chassis.activities import acting
from services.chassis.service import Running


class OccurrenceActivities:
    """Bound to the worker's units of work."""

    def __init__(self, running: Running) -> None:
        self._running = running

    @activity.defn(name="record_step_occurrence")
    async def record_step_occurrence(self, told: StepOccurrence) -> StepTold:
        """Write down what was told with a step's end, unless it is known already, or was revoked."""
        return await acting(self._running, lambda uow: commands.record_step_occurrence(told, uow))
