"""Steps of the payment workflow after the bank's receipt: each safe to run twice."""

from temporalio import activity
from temporalio.exceptions import ApplicationError

from services.chassis.activities import acting
from services.chassis.service import Running
from services.chassis.telemetry import tag_span
from services.disbursement.batches import commands as batches
from services.disbursement.batches.messages import BatchReading, PaymentBatchStart, Submission
from services.disbursement.rails.domain import Rail, RailIsAway
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
            if raw is None:
                return await acting(self._running, lambda uow: batches.read_batch(start.batch_id, uow))
            lines = read_statement(start.batch_id, raw.body, raw.media_type)
        except (RailIsAway, StatementIsNotReadable) as error:
            raise ApplicationError(type(error).__name__, type=type(error).__name__) from None
        return await acting(self._running, lambda uow: commands.import_statement(start.batch_id, lines, uow))

    @activity.defn(name="record_refusal")
    async def record_refusal(self, submission: Submission) -> None:
        """The bank refuses the file."""
        tag_span(batch_id=str(submission.batch_id))
        await acting(self._running, lambda uow: commands.record_refusal(submission, uow))
