"""From the last approval to the bank's receipt, and what wakes the workflow that keeps the time."""

from uuid import UUID

from services.chassis.database import UnitOfWork
from services.disbursement.batches import domain, facts, repository
from services.disbursement.batches.domain import BatchState, Move
from services.disbursement.batches.messages import BatchChanged, BatchReading, PaymentBatchStart
from services.disbursement.batches.tables import Batch, Payment
from services.disbursement.programmes.queries import pack_in_force


def wake(batch: Batch, uow: UnitOfWork) -> None:
    """Tell the batch's workflow to look at the rows, starting it when it does not run."""
    uow.signal(
        "PaymentBatchWorkflow",
        f"batch:{batch.id}",
        "batch_changed",
        BatchChanged(),
        start=PaymentBatchStart(batch_id=batch.id, district=batch.district),
        about=batch,
    )


async def read_batch(batch_id: UUID, uow: UnitOfWork) -> BatchReading:
    """What the rows say has to happen next."""
    batch = await uow.locked(Batch, batch_id)
    return await reading_of(batch, uow)


async def reading_of(batch: Batch, uow: UnitOfWork) -> BatchReading:
    """What a batch's workflow has to do next, and how patiently."""
    waits = (await pack_in_force(uow, batch.district)).statement_waits
    is_watched = batch.reconciled_at is not None and await uow.now() < batch.reconciled_at + waits.watch_for
    return BatchReading(
        is_to_be_sent=batch.state in (BatchState.APPROVED, BatchState.SENDING),
        is_awaiting_statement=batch.state == BatchState.SENT or is_watched,
        first_wait=waits.watch_every if is_watched else waits.first,
        longest_wait=waits.watch_every if is_watched else waits.longest,
    )


async def hand_in(batch_id: UUID, uow: UnitOfWork) -> list[Payment] | None:
    """The payments of a list that goes to the bank now; from this commit on nothing is taken off it any more.

    Nothing when the list is not to be sent (any more). Asked again while the bank's answer is awaited, the same.
    """
    batch = await uow.locked(Batch, batch_id)
    if batch.state == BatchState.APPROVED:
        uow.change(batch, Move.HAND_IN.value, state=domain.next_state(batch.state, Move.HAND_IN).value)
    elif batch.state != BatchState.SENDING:
        return None
    return await repository.locked_payments(uow, batch_id)


async def take_back(batch: Batch, reason_code: str, uow: UnitOfWork) -> None:
    """The bank did not take the file: the list can be stopped again, and sent again. Raises ``BatchCannotMove``."""
    state = domain.next_state(batch.state, Move.TAKE_BACK)
    uow.change(batch, Move.TAKE_BACK.value, reason=reason_code, state=state.value)


async def record_sent(batch_id: UUID, file_digest: str, uow: UnitOfWork) -> BatchReading:
    """The bank has the file: the batch is sent and every payment on it instructed. Said twice, it counts once."""
    batch = await uow.locked(Batch, batch_id)
    if batch.state == BatchState.SENDING:
        state = domain.next_state(batch.state, Move.SEND)
        uow.change(batch, "send", state=state.value, file_digest=file_digest, sent_at=await uow.now())
        uow.publish(facts.batch_sent(batch, file_digest), about=batch)
        for payment in await repository.locked_payments(uow, batch_id):
            instructed = domain.next_payment_state(payment.state, "instruct")
            uow.change(payment, "instruct", state=instructed.value)
            uow.publish(facts.payment_instructed(payment), about=payment)
    return await reading_of(batch, uow)


async def send_again(batch_id: UUID, reason_code: str, uow: UnitOfWork) -> None:
    """The bank refused the file and somebody saw to it: the workflow tries once more."""
    batch = await uow.locked(Batch, batch_id)
    uow.change(batch, "send_again", reason=reason_code)
    wake(batch, uow)


async def rearm_batches(uow: UnitOfWork) -> int:
    """Signal the workflow of every batch that is not finished; those that run just look again. Returns how many."""
    rows = await repository.open_batches(uow)
    for batch in rows:
        wake(batch, uow)
    return len(rows)
