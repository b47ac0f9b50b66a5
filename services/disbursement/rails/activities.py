"""Steps of the payment workflow up to the bank's receipt: each safe to run twice."""

from temporalio import activity
from temporalio.exceptions import ApplicationError

from services.chassis.activities import acting
from services.chassis.service import Running
from services.chassis.telemetry import tag_span
from services.disbursement.batches import commands
from services.disbursement.batches.messages import BatchReading, PaymentBatchStart, Submission
from services.disbursement.rails.domain import Order, Rail, RailIsAway, file_digest, payment_file


class RailActivities:
    """Bound to the worker's units of work and the bank."""

    def __init__(self, running: Running, rail: Rail) -> None:
        self._running = running
        self._rail = rail

    @activity.defn(name="read_batch")
    async def read_batch(self, start: PaymentBatchStart) -> BatchReading:
        """What has to happen next."""
        tag_span(batch_id=str(start.batch_id))
        return await acting(self._running, lambda uow: commands.read_batch(start.batch_id, uow))

    @activity.defn(name="submit_file")
    async def submit_file(self, start: PaymentBatchStart) -> Submission:
        """Hand the file to the bank, once; nothing is done when the list was stopped before."""
        tag_span(batch_id=str(start.batch_id))
        payments = await acting(self._running, lambda uow: commands.hand_in(start.batch_id, uow))
        if payments is None:
            return Submission(batch_id=start.batch_id)
        body = payment_file([Order(p.id, p.account_reference, p.amount_rupiah) for p in payments])
        try:
            refused = await self._rail.submit(start.batch_id, body)
        except RailIsAway:
            raise ApplicationError("RailIsAway", type="RailIsAway") from None
        return Submission(
            batch_id=start.batch_id, file_digest=file_digest(body), refusal=refused.reason_code if refused else ""
        )

    @activity.defn(name="record_sent")
    async def record_sent(self, submission: Submission) -> BatchReading:
        """The bank has the file."""
        tag_span(batch_id=str(submission.batch_id))
        return await acting(
            self._running, lambda uow: commands.record_sent(submission.batch_id, submission.file_digest, uow)
        )
