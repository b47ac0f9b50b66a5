"""Keeps the deadline of one hand-off: waits, looks, escalates. The row decides; this only keeps the time."""

from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from services.casework.handoff.handoffs.activities import HandoffActivities
    from services.casework.handoff.handoffs.messages import HandoffChanged, HandoffStart
    from services.chassis.workflow import ACTIVITY, Seen


@workflow.defn(name="HandoffWorkflow")
class HandoffWorkflow:
    """``handoff:<id>``. Can be started at any stage from the row, as often as anybody likes."""

    def __init__(self) -> None:
        self._seen = Seen()
        self._changed = False

    @workflow.signal
    def handoff_changed(self, message: HandoffChanged) -> None:
        """The row changed: look again."""
        if self._seen.first_time(message.event_id):
            self._changed = True

    @workflow.run
    async def run(self, start: HandoffStart) -> None:
        """Look at the row, wait until it says to look again, ring; end when no deadline runs."""
        while True:
            self._changed = False
            reading = await workflow.execute_activity_method(HandoffActivities.read_deadlines, start, **ACTIVITY)
            while reading.is_open and reading.next_check_at is not None and not self._changed:
                wait = reading.next_check_within or reading.next_check_at - workflow.now()
                try:
                    await workflow.wait_condition(lambda: self._changed, timeout=max(wait, timedelta(0)))
                except TimeoutError:
                    reading = await workflow.execute_activity_method(
                        HandoffActivities.escalate_if_due, start, **ACTIVITY
                    )
            if not self._changed:
                await workflow.wait_condition(workflow.all_handlers_finished)
                return
            if workflow.info().is_continue_as_new_suggested():
                workflow.continue_as_new(start)
