"""Pays one approved batch: hand in the file, wait for the statement. The rows decide; this only keeps the time."""

from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from services.chassis.workflow import ACTIVITY, OUTSIDE, Seen
    from services.disbursement.batches.messages import BatchChanged, PaymentBatchStart
    from services.disbursement.rails.activities import RailActivities
    from services.disbursement.reconciliation.activities import ReconciliationActivities


@workflow.defn(name="PaymentBatchWorkflow")
class PaymentBatchWorkflow:
    """``batch:<id>``. Can be started at any stage from the rows, as often as anybody likes."""

    def __init__(self) -> None:
        self._seen = Seen()
        self._changed = False

    @workflow.signal
    def batch_changed(self, message: BatchChanged) -> None:
        """The row changed: look again."""
        if self._seen.first_time(message.event_id):
            self._changed = True

    @workflow.run
    async def run(self, start: PaymentBatchStart) -> None:
        """Pay, and look again whenever told to; end when nothing is to be done."""
        while True:
            self._changed = False
            await self._pay(start)
            if not self._changed:
                await workflow.wait_condition(workflow.all_handlers_finished)
                return

    async def _pay(self, start: PaymentBatchStart) -> None:
        """The story: send what is approved, then ask for the statement with growing patience until it is whole."""
        reading = await workflow.execute_activity_method(RailActivities.read_batch, start, **ACTIVITY)
        if reading.is_to_be_sent:
            submission = await workflow.execute_activity_method(RailActivities.submit_file, start, **OUTSIDE)
            if submission.refusal:
                await workflow.execute_activity_method(ReconciliationActivities.record_refusal, submission, **ACTIVITY)
                return
            reading = await workflow.execute_activity_method(RailActivities.record_sent, submission, **ACTIVITY)
        wait = reading.first_wait
        while reading.is_awaiting_statement:
            await self._wait(wait)
            reading = await workflow.execute_activity_method(
                ReconciliationActivities.import_statement, start, **OUTSIDE
            )
            wait = min(wait * 2, reading.longest_wait)
            if workflow.info().is_continue_as_new_suggested():
                workflow.continue_as_new(start)

    async def _wait(self, longest: timedelta) -> None:
        try:
            await workflow.wait_condition(lambda: self._changed, timeout=longest)
        except TimeoutError:
            pass
        self._changed = False
