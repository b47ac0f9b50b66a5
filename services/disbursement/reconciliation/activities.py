"""Steps of the payment workflow after the bank's receipt: each safe to run twice."""

from temporalio import activity
from temporalio.exceptions import ApplicationError

from services.chassis.activities import acting
from services.chassis.service import Running
from services.chassis.telemetry import tag_span
from services.disbursement.batches.messages import BatchReading, PaymentBatchStart, Submission
from services.disbursement.rails.domain import Rail, RailIsAway, file_digest
from services.disbursement.reconciliation import commands
from services.disbursement.reconciliation.domain import StatementIsNotReadable, read_statement


class ReconciliationActivities:
    """Bound to the worker's units of work and the bank."""

    def __init__(self, running: Running, rail: Rail) -> None:
        self._running = running
        self._rail = rail

    @activity.defn(name="import_statement")
    async def import_statement(self, start: PaymentBatchStart) -> BatchReading:
        """Ask the bank for its statement and import it, if there is one."""
        tag_span(batch_id=str(start.batch_id))
        try:
            raw = await self._rail.statement(start.batch_id)
        except RailIsAway:
            raise ApplicationError("RailIsAway", type="RailIsAway") from None
        if raw is None:
            return await acting(self._running, lambda uow: commands.look_for_missing(start.batch_id, uow))
        try:
            lines = read_statement(start.batch_id, raw.body, raw.media_type)
        except StatementIsNotReadable as fault:
            digest, found = file_digest(raw.body), fault
            return await acting(
                self._running, lambda uow: commands.record_unreadable(start.batch_id, digest, found, uow)
            )
        return await acting(self._running, lambda uow: commands.import_statement(start.batch_id, lines, uow))

    @activity.defn(name="record_refusal")
    async def record_refusal(self, submission: Submission) -> None:
        """The bank refuses the file."""
        tag_span(batch_id=str(submission.batch_id))
        await acting(self._running, lambda uow: commands.record_refusal(submission, uow))
