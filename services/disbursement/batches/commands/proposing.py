"""Freezing a list of waiting entitlements."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from contracts.values import Money
from services.chassis import clock
from services.chassis.database import UnitOfWork
from services.chassis.principal import Principal
from services.disbursement.batches import domain, facts
from services.disbursement.batches.commands.lists import digest_of
from services.disbursement.batches.domain import BatchState
from services.disbursement.batches.tables import Batch, BatchLine
from services.disbursement.entitlements.commands import FindWaiting, find_waiting, put_on_list
from services.disbursement.entitlements.tables import Entitlement
from services.disbursement.programmes.domain import Programme
from services.disbursement.programmes.queries import programme_in_force


@dataclass(frozen=True, slots=True)
class ProposeBatch:
    """Freeze lists: of the named entitlements, or of all that wait."""

    programme_code: str
    entitlement_ids: Sequence[UUID] | None = None
    district: str | None = None


def district_of(principal: Principal, district: str | None) -> str:
    """The one district a batch is for. Raises ``DistrictIsMissing``, ``DistrictIsNotYours``."""
    found = district or (principal.offices[0] if len(principal.offices) == 1 else "")
    if "." not in found:
        raise domain.DistrictIsMissing
    if not principal.covers(found[:5]):
        raise domain.DistrictIsNotYours
    return found[:5]


async def propose_batch(command: ProposeBatch, uow: UnitOfWork) -> list[Batch]:
    """Freeze what waits under digests, with the approvers that each total asks for, the oldest aid first.

    What is too much for the highest limit becomes as many lists as it takes; what is more than ``PROPOSAL_LIMIT``
    waits for the next proposal. Raises ``NothingToPay``, ``EntitlementsAreNotFree``, ``TotalIsAboveEveryLimit`` when
    a single aid is, ``PackIsMissing``, ``DistrictIsMissing``, ``DistrictIsNotYours``.
    """
    district = district_of(uow.principal, command.district)
    programme = await programme_in_force(uow, district, command.programme_code)
    found = await find_waiting(
        FindWaiting(district, programme.code, command.entitlement_ids, domain.PROPOSAL_LIMIT), uow
    )
    if not found:
        raise domain.NothingToPay(programme=programme.code)
    batches = []
    for size in domain.list_sizes([row.amount_rupiah for row in found], programme.highest_limit_rupiah):
        batches.append(await _freeze(programme, district, found[:size], uow))
        found = found[size:]
    return batches


async def _freeze(programme: Programme, district: str, found: Sequence[Entitlement], uow: UnitOfWork) -> Batch:
    batch_id = clock.new_id()
    lines = [
        BatchLine(
            batch_id=batch_id,
            line_no=number,
            entitlement_id=row.id,
            payment_id=domain.payment_id(row.programme_code, row.period, row.id, row.attempt),
            case_id=row.case_id,
            case_correlation_id=row.correlation_id,
            account_reference=domain.account_reference(row.person_id),
            amount_rupiah=row.amount_rupiah,
            district=district,
        )
        for number, row in enumerate(found, 1)
    ]
    total = int(Money.total(Money(line.amount_rupiah) for line in lines))
    roles = programme.approval_roles(total)
    assert roles is not None
    batch = Batch(
        id=batch_id,
        correlation_id=batch_id,
        district=district,
        state=BatchState.PROPOSED.value,
        programme_code=programme.code,
        rail=programme.rail,
        items=len(lines),
        total_rupiah=total,
        digest=digest_of(programme.code, lines),
        approval_roles=list(roles),
        proposed_by=uow.principal.actor,
        proposed_at=await uow.now(),
    )
    put_on_list(found, batch_id, uow)
    uow.create(batch, "propose")
    uow.insert(*lines)
    uow.publish(facts.batch_proposed(batch), about=batch)
    return batch
