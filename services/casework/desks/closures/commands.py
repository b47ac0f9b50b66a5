"""The only code that changes closures."""

from dataclasses import dataclass
from uuid import UUID

from services.casework.desks.closures import domain, repository
from services.casework.desks.closures.domain import BATCH_ROWS, ClosureState, Disposition, ItemDisposition, ItemState
from services.casework.desks.closures.tables import Closure, ClosureItem
from services.casework.handoff.handoffs.commands import Redirect, redirect, resend, withdraw
from services.casework.office.directory.queries import pack_in_force
from services.chassis import clock
from services.chassis.database import UnitOfWork
from services.chassis.errors import Conflict, NotFound


@dataclass(frozen=True, slots=True)
class CloseAgency:
    """An agency of a district closes; without ``to_agency`` the next candidate of each hand-off is asked."""

    district: str
    agency: str
    disposition: Disposition
    reason_code: str
    to_agency: str | None = None


async def close_agency(command: CloseAgency, uow: UnitOfWork) -> Closure:
    """Decide for every open hand-off of an agency what becomes of it; nothing is done before the first batch.

    Raises ``NotFound`` for another district, ``AgencyIsUnknown``, ``RedirectedToItself``.
    """
    if not uow.principal.covers(command.district):
        raise NotFound(kind="agencies")
    pack = await pack_in_force(uow, command.district)
    pack.agency(command.agency)
    if command.to_agency is not None:
        pack.agency(command.to_agency)
    if command.to_agency == command.agency:
        raise domain.RedirectedToItself(agency=command.agency)
    closure_id = clock.new_id()
    found = await repository.open_of_agency(uow, command.district, command.agency)
    items = []
    for row in found:
        disposition = domain.item_disposition_of(
            command.disposition, row["state"], row["held_state"], is_person_there=row["is_person_there"]
        )
        is_left = disposition in domain.LEFT_ALONE
        items.append(
            ClosureItem(
                closure_id=closure_id,
                handoff_id=row["id"],
                district=command.district,
                disposition=disposition.value,
                state=(ItemState.LEFT if is_left else ItemState.WAITING).value,
            )
        )
    waiting = sum(item.state == ItemState.WAITING for item in items)
    closure = Closure(
        id=closure_id,
        correlation_id=closure_id,
        district=command.district,
        agency=command.agency,
        disposition=command.disposition.value,
        to_agency=command.to_agency,
        reason_code=command.reason_code,
        state=(ClosureState.OPEN if waiting else ClosureState.DONE).value,
        handoffs=len(items),
        waiting=waiting,
    )
    uow.create(closure, "close", reason=command.reason_code)
    uow.insert(*items)
    return closure


async def carry_out_batch(closure_id: UUID, uow: UnitOfWork) -> Closure:
    """Do the next batch of a closure; each hand-off once, however often this is asked for.

    A hand-off that moved on meanwhile stays as it is, which its result tells. Raises ``NotFound``, ``ClosureIsDone``.
    """
    closure = await uow.locked(Closure, closure_id)
    if not uow.principal.covers(closure.district):
        raise NotFound(kind="closures")
    if closure.state == ClosureState.DONE:
        raise domain.ClosureIsDone((), state=closure.state)
    batch = await repository.waiting(uow, closure.id, BATCH_ROWS)
    for item in batch:
        try:
            result = await _treat(closure, item, uow)
        except Conflict as refusal:
            uow.set(item, state=ItemState.CHANGED.value, result=refusal.code)
        else:
            uow.set(item, state=ItemState.DONE.value, result=result)
    left = closure.waiting - len(batch)
    state = ClosureState.OPEN if left else ClosureState.DONE
    uow.change(closure, "carry_out", waiting=left, state=state.value)
    return closure


async def _treat(closure: Closure, item: ClosureItem, uow: UnitOfWork) -> str:
    """Do it; answers the state in which the hand-off is now."""
    match ItemDisposition(item.disposition):
        case ItemDisposition.RESEND:
            return (await resend(item.handoff_id, uow)).state
        case ItemDisposition.REDIRECT:
            command = Redirect(item.handoff_id, closure.reason_code, closure.to_agency, has_closed=True)
            return (await redirect(command, uow)).state
        case _:
            return (await withdraw(item.handoff_id, closure.reason_code, uow, has_closed=True)).state
