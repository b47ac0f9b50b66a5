"""What a procedure does when the end of a step says that something happened to the person."""

from temporalio import activity

from services.casework.case.occurrences import commands
from services.casework.case.occurrences.messages import StepTold
from services.chassis.activities import acting
from services.chassis.processes import Running


class OccurrenceActivities:
    """Bound to the worker's units of work."""

    def __init__(self, running: Running) -> None:
        self._running = running

    @activity.defn(name="hear_of_step")
    async def hear_of_step(self, told: StepTold) -> None:
        """Write down what was told with a step's end, unless it is known already."""
        await acting(self._running, lambda uow: commands.hear_of_step(told, uow))
