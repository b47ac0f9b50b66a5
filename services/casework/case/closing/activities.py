"""The last step of case procedures."""

from temporalio import activity

from services.casework.case.cases.messages import CaseRef, CloseResult
from services.casework.case.closing import commands
from services.chassis.activities import acting
from services.chassis.service import Running


class ClosingActivities:
    """Bound to the worker's units of work."""

    def __init__(self, running: Running) -> None:
        self._running = running

    @activity.defn(name="close_case")
    async def close_case(self, ref: CaseRef) -> CloseResult:
        """Close, or learn what keeps it open."""
        return await acting(self._running, lambda uow: commands.close_case(ref.case_id, "SERVICE_ENDED", uow))
