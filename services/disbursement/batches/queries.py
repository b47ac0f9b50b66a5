"""Read models of batches."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from services.chassis.database import ReadSession, UnitOfWork
from services.chassis.errors import NotFound, SigapError
from services.chassis.principal import Principal
from services.disbursement.batches import access, domain, repository
from services.disbursement.batches.domain import Given
from services.disbursement.batches.tables import Approval, Batch, BatchLine, LineTakenOff, Payment


@dataclass(frozen=True, slots=True)
class BatchDetail:
    """A batch with its list, its approvals, its payments, and what the caller may do with it now."""

    batch: Batch
    lines: list[BatchLine]
    taken_off: list[LineTakenOff]
    approvals: list[Approval]
    payments: list[Payment]
    legal_now: tuple[str, ...]


async def find_batch(batch_id: UUID, reading: ReadSession) -> Batch:
    """A batch's own row. Raises ``NotFound``, also when it lies outside the caller's scope."""
    batch = await repository.one(reading, batch_id)
    if batch is None:
        raise NotFound(kind="batch")
    return batch


async def show_batch(batch_id: UUID, reading: ReadSession) -> BatchDetail:
    """One batch with all that belongs to it. Raises ``NotFound`` as ``find_batch`` does."""
    batch = await find_batch(batch_id, reading)
    approvals = await repository.approvals(reading, batch)
    return BatchDetail(
        batch=batch,
        lines=await repository.lines(reading, batch_id),
        taken_off=await repository.lines_taken_off(reading, batch_id),
        approvals=approvals,
        payments=await repository.payments(reading, batch_id),
        legal_now=legal_for(reading.principal, batch, approvals),
    )


async def list_batches(reading: ReadSession, after: UUID | None, limit: int, state: str | None) -> list[Batch]:
    """A page of batches, oldest first."""
    return await repository.page(reading, after, limit, state)


def legal_for(principal: Principal, batch: Batch, approvals: list[Approval]) -> tuple[str, ...]:
    """What this caller may do with the batch now: by state, role, and four eyes."""
    if not principal.roles & access.PERMISSIONS["batch:approve"]:
        return ()
    found: list[str] = []
    try:
        domain.check_approval(
            state=batch.state,
            actor=principal.actor,
            roles=principal.roles,
            proposer=batch.proposed_by,
            needed=batch.approval_roles,
            given=[Given(approval.actor, approval.role) for approval in approvals],
        )
        found.append("approve")
    except SigapError:
        pass
    try:
        domain.check_rejection(state=batch.state, actor=principal.actor, proposer=batch.proposed_by)
        found.append("reject")
    except SigapError:
        pass
    return tuple(found)


async def locked_batch(batch_id: UUID, uow: UnitOfWork) -> Batch:
    """A batch, locked until the commit. Raises ``NotFound``."""
    return await uow.locked(Batch, batch_id)


async def of_ids(batch_ids: Collection[UUID], uow: UnitOfWork) -> dict[UUID, Batch]:
    """Some batches, by their ids."""
    return {batch.id: batch for batch in await repository.of_ids(uow, batch_ids)}


async def payment_of(entitlement_id: UUID, uow: UnitOfWork) -> UUID | None:
    """The payment of an entitlement that was not withdrawn and did not fail, if there is one."""
    return await repository.payment_of(uow, entitlement_id)
