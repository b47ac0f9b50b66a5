"""Carries one message to its end: find out, send, hear of its delivery. The row decides; this only keeps the time."""

from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from services.chassis.workflow import ACTIVITY, OUTSIDE, Seen
    from services.notifications.messages.activities import MessageActivities
    from services.notifications.messages.messages import MessageChanged, MessageStart


@workflow.defn(name="MessageWorkflow")
class MessageWorkflow:
    """``message:<id>``. Can be started at any stage from the row, as often as anybody likes."""

    def __init__(self) -> None:
        self._seen = Seen()
        self._changed = False

    @workflow.signal
    def message_changed(self, message: MessageChanged) -> None:
        """The row changed: look again."""
        if self._seen.first_time(message.event_id):
            self._changed = True

    @workflow.run
    async def run(self, start: MessageStart) -> None:
        """Deliver, and look again whenever told to; end when nothing is to be done."""
        while True:
            self._changed = False
            await self._deliver(start)
            if not self._changed:
                await workflow.wait_condition(workflow.all_handlers_finished)
                return

    async def _deliver(self, start: MessageStart) -> None:
        """The story: wait for what is not known yet, send, ask for the report with growing patience."""
        reading = await workflow.execute_activity_method(MessageActivities.prepare_message, start, **ACTIVITY)
        wait = reading.first_wait
        while reading.is_missing_facts:
            await self._wait(wait)
            wait = min(wait * 2, reading.longest_wait)
            reading = await workflow.execute_activity_method(MessageActivities.prepare_message, start, **ACTIVITY)
        if reading.is_to_be_sent:
            sending = await workflow.execute_activity_method(MessageActivities.send_message, start, **OUTSIDE)
            reading = await workflow.execute_activity_method(MessageActivities.record_message_sent, sending, **ACTIVITY)
        wait = reading.first_wait
        while reading.is_awaiting_report:
            await self._wait(wait)
            wait = min(wait * 2, reading.longest_wait)
            reading = await workflow.execute_activity_method(MessageActivities.check_delivery, start, **OUTSIDE)
            if workflow.info().is_continue_as_new_suggested():
                workflow.continue_as_new(start)

    async def _wait(self, longest: timedelta) -> None:
        try:
            await workflow.wait_condition(lambda: self._changed, timeout=longest)
        except TimeoutError:
            pass
        self._changed = False
