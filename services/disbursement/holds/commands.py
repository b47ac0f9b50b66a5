"""What is heard about aid: done at once, kept for every later state, or given to people because it comes too late."""

from services.chassis.database import LostRace, UnitOfWork
from services.disbursement.batches import queries as batches
from services.disbursement.batches.commands import take_off_list
from services.disbursement.batches.domain import STOPPABLE
from services.disbursement.batches.tables import Batch
from services.disbursement.entitlements import domain
from services.disbursement.entitlements import queries as entitlements
from services.disbursement.entitlements.commands import HearOfAid, move_entitlement, note_hold
from services.disbursement.entitlements.domain import EntitlementState, Fact, HoldSource, HoldState, Move, Place, Reach
from services.disbursement.entitlements.tables import Entitlement
from services.disbursement.findings.commands import OpenFinding, open_finding, settle_findings
from services.disbursement.findings.domain import FindingKind

PLACES = {
    EntitlementState.REFUSED: Place.REFUSED,
    EntitlementState.ESTABLISHED: Place.WAITING,
    EntitlementState.HELD: Place.HELD,
    EntitlementState.RETURNED: Place.RETURNED,
    EntitlementState.PAID: Place.PAID,
    EntitlementState.ENDED: Place.ENDED,
}


def place_of(entitlement: Entitlement | None, batch: Batch | None) -> Place:
    """How far aid has come: on a list it can be stopped until the file goes to the bank."""
    if entitlement is None:
        return Place.UNKNOWN
    state = EntitlementState(entitlement.state)
    if state is not EntitlementState.BATCHED:
        return PLACES[state]
    return Place.LISTED if batch is not None and batch.state in STOPPABLE else Place.AT_THE_BANK


async def hear_of_aid(command: HearOfAid, uow: UnitOfWork) -> None:
    """Let a fact reach a request's aid in every state; none is dropped.

    On a list that is not with the bank its line comes off. With the bank, or paid although it was known before the
    file left, it is a finding. Raises ``PackIsMissing``.
    """
    entitlement, batch = await _locked(command, uow)
    await note_hold(command, uow)
    place = place_of(entitlement, batch)
    if entitlement is None:
        return
    match domain.reach_of(command.fact, place):
        case Reach.APPLY:
            await _apply(entitlement, batch if place is Place.LISTED else None, command, uow)
        case Reach.FINDING:
            if place is Place.AT_THE_BANK or _was_late(command, batch):
                await _find(entitlement, command, uow)
        case Reach.REMEMBER:
            pass
    if command.fact is Fact.LET_GO and not await entitlements.standing_holds(command.aid_request_id, uow):
        await settle_findings(entitlement.id, [FindingKind.HELD_TOO_LATE], command.reason_code, uow)


async def _locked(command: HearOfAid, uow: UnitOfWork) -> tuple[Entitlement | None, Batch | None]:
    """The aid with its list, locked in the order of every other command: the list first."""
    seen = await entitlements.of_request(command.aid_request_id, uow)
    if seen is None:
        return None, None
    batch = await batches.locked_batch(seen.batch_id, uow) if seen.batch_id else None
    entitlement = await uow.locked(Entitlement, seen.id)
    if entitlement.batch_id != seen.batch_id:
        raise LostRace
    return entitlement, batch


async def _apply(entitlement: Entitlement, batch: Batch | None, command: HearOfAid, uow: UnitOfWork) -> None:
    move = _move_of(entitlement, command)
    if command.fact is Fact.LET_GO:
        standing = await entitlements.standing_holds(command.aid_request_id, uow)
        if move is Move.REVIVE and any(hold.state == HoldState.ENDED for hold in standing):
            return
        if move is Move.LET_GO and standing:
            return
        if move is not None:
            await move_entitlement(entitlement, move, command.reason_code, uow)
            if standing:
                await move_entitlement(entitlement, Move.HOLD, standing[0].reason_code, uow)
        return
    assert move is not None
    was_ordered = batch is not None and await take_off_list(batch, [entitlement.id], command.reason_code, uow)
    await move_entitlement(entitlement, move, command.reason_code, uow, was_ordered=was_ordered)


def _move_of(entitlement: Entitlement, command: HearOfAid) -> Move | None:
    """The move that a fact is; a double that was none brings its aid back, what people ended stays ended."""
    match command.fact:
        case Fact.HOLD:
            return Move.HOLD
        case Fact.END:
            return Move.END
        case Fact.LET_GO if entitlement.state == EntitlementState.HELD:
            return Move.LET_GO
        case Fact.LET_GO:
            return Move.REVIVE if command.source is HoldSource.DOUBLE else None


def _was_late(command: HearOfAid, batch: Batch | None) -> bool:
    return batch is not None and batch.sent_at is not None and command.happened_at < batch.sent_at


async def _find(entitlement: Entitlement, command: HearOfAid, uow: UnitOfWork) -> None:
    assert entitlement.batch_id is not None
    await open_finding(
        OpenFinding(
            kind=FindingKind.HELD_TOO_LATE,
            about=f"{entitlement.id}:{command.source.value}:{command.reason_code}:{command.happened_at.isoformat()}",
            batch_id=entitlement.batch_id,
            correlation_id=entitlement.correlation_id,
            district=entitlement.district,
            reason_code=command.reason_code,
            payment_id=await batches.payment_of(entitlement.id, uow),
            entitlement_id=entitlement.id,
        ),
        uow,
    )
