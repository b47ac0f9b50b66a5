"""What is heard about aid: done at once, kept for every later state, or given to people because it comes too late."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from services.chassis.database import LostRace, UnitOfWork
from services.disbursement.batches import queries as batches
from services.disbursement.batches.commands import take_off_list
from services.disbursement.batches.domain import STOPPABLE
from services.disbursement.batches.tables import Batch
from services.disbursement.entitlements import domain
from services.disbursement.entitlements import queries as entitlements
from services.disbursement.entitlements.commands import HearOfAid, move_entitlement, note_hold, of_entitlement
from services.disbursement.entitlements.domain import (
    Claim,
    EntitlementState,
    Fact,
    HoldSource,
    HoldState,
    Move,
    Place,
    Reach,
    RefusalReason,
)
from services.disbursement.entitlements.tables import Entitlement
from services.disbursement.findings.commands import OpenFinding, open_finding, settle_findings
from services.disbursement.findings.domain import FindingKind
from services.disbursement.persons.commands import KeepDouble, change_who_is_who, keep_death, keep_double
from services.disbursement.persons.domain import RealPerson
from services.disbursement.persons.queries import person_of_case, real_persons

TOO_LATE = (FindingKind.HELD_TOO_LATE, FindingKind.PERSON_PAID_TWICE)
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
    is_double = command.source is HoldSource.SAME_PERSON
    if entitlement is None:
        return
    match domain.reach_of(command.fact, place):
        case Reach.APPLY:
            await _apply(entitlement, batch if place is Place.LISTED else None, command, uow)
        case Reach.FINDING:
            if place is Place.AT_THE_BANK or is_double or _was_late(command, batch):
                kind = FindingKind.PERSON_PAID_TWICE if is_double else FindingKind.HELD_TOO_LATE
                await _find(entitlement, kind, command, uow)
        case Reach.REMEMBER:
            pass
    if command.fact is Fact.LET_GO and not await entitlements.standing_holds(command.aid_request_id, uow):
        await settle_findings(entitlement.id, TOO_LATE, command.reason_code, uow)


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


async def _find(entitlement: Entitlement, kind: FindingKind, command: HearOfAid, uow: UnitOfWork) -> None:
    assert entitlement.batch_id is not None
    await open_finding(
        OpenFinding(
            kind=kind,
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


async def end_aid_of_case(command: HearOfAid, uow: UnitOfWork) -> None:
    """People decided that aid will not be paid; what was refused for its sake may be taken up."""
    await change_who_is_who(command.district, uow)
    await hear_of_aid(command, uow)
    entitlement = await entitlements.of_request(command.aid_request_id, uow)
    if entitlement is not None:
        await weigh([entitlement.person_id], entitlement.district, uow)


async def weigh(person_ids: Sequence[UUID], district: str, uow: UnitOfWork) -> None:
    """Set right what follows from who is who, and from a death, for all aid of these real persons.

    Of several grants for one programme and period the nearest to being paid stands; the others are held, or are a
    finding when they are with the bank or paid. When none counts any more, the oldest that was refused for another's
    sake is taken up. Rewrites nothing: a tie that is undone lets go of what it held.
    """
    for person in set((await real_persons(person_ids, uow)).values()):
        await _weigh(person, district, uow)


async def _weigh(person: RealPerson, district: str, uow: UnitOfWork) -> None:
    claims = await entitlements.of_persons(district, person.members, uow)
    standing = {
        (h.aid_request_id, h.source) for h in await entitlements.holds_of([c.aid_request_id for c in claims], uow)
    }
    lists = await batches.of_ids({c.batch_id for c in claims if c.batch_id}, uow)
    for row in claims:
        is_held = (row.aid_request_id, HoldSource.DEATH) in standing
        await _turn(row, HoldSource.DEATH, is_held, person.died_at, "DECEASED", uow)
    for group in _groups(claims):
        counting = [row for row in group if row.state in domain.COUNTING]
        one = domain.the_one(_claim(row, lists) for row in counting)
        if one is None:
            await _take_up(group, uow)
        for row in counting:
            is_held = (row.aid_request_id, HoldSource.SAME_PERSON) in standing
            since = None if one is None or row.id == one.entitlement_id else await uow.now()
            await _turn(row, HoldSource.SAME_PERSON, is_held, since, "SAME_PERSON", uow)


def _groups(claims: Sequence[Entitlement]) -> list[list[Entitlement]]:
    """What was granted, or refused for another's sake, by programme and period."""
    found: dict[tuple[str, str], list[Entitlement]] = {}
    for row in claims:
        if row.state in domain.COUNTING or row.reason_code == RefusalReason.ALREADY_ENTITLED:
            found.setdefault((row.programme_code, row.period), []).append(row)
    return list(found.values())


def _claim(row: Entitlement, lists: Mapping[UUID, Batch]) -> Claim:
    assert row.recorded_at is not None
    return Claim(row.id, place_of(row, lists.get(row.batch_id) if row.batch_id else None), row.recorded_at)


async def _turn(
    row: Entitlement, source: HoldSource, is_held: bool, since: datetime | None, reason_code: str, uow: UnitOfWork
) -> None:
    """Bring one source's hold in line with what is known now."""
    if is_held == (since is not None):
        return
    fact = Fact.LET_GO if since is None else Fact.HOLD
    await hear_of_aid(of_entitlement(row, source, fact, reason_code, since or await uow.now()), uow)


async def _take_up(group: Sequence[Entitlement], uow: UnitOfWork) -> None:
    """Grant the oldest request that was refused because another counted."""
    refused = next((row for row in group if row.state == EntitlementState.REFUSED), None)
    if refused is None:
        return
    entitlement = await uow.locked(Entitlement, refused.id)
    await move_entitlement(entitlement, Move.RECONSIDER, "OTHER_FELL_AWAY", uow)
    standing = await entitlements.standing_holds(entitlement.aid_request_id, uow)
    if standing:
        await move_entitlement(entitlement, Move.HOLD, standing[0].reason_code, uow)


async def hear_of_double(command: KeepDouble, uow: UnitOfWork) -> None:
    """A case is a double, or none after all: its aid ends, or comes back, and its person is, or is not, the other's."""
    await change_who_is_who(command.district, uow)
    cases = (command.case_id, command.parent_case_id)
    persons = [p for p in [await person_of_case(case_id, uow) for case_id in cases] if p is not None]
    await keep_double(command, uow)
    fact = Fact.END if command.stands else Fact.LET_GO
    for row in await entitlements.of_case(command.case_id, uow):
        await hear_of_aid(of_entitlement(row, HoldSource.DOUBLE, fact, "DUPLICATE", command.since), uow)
    await weigh(persons, command.district, uow)


async def hear_of_death(case_id: UUID, died_at: datetime, stands: bool, district: str, uow: UnitOfWork) -> None:
    """The person of a case died, or did not: all aid of the real person is held, or let go."""
    await change_who_is_who(district, uow)
    await keep_death(case_id, died_at, stands, district, uow)
    person_id = await person_of_case(case_id, uow)
    if person_id is not None:
        await weigh([person_id], district, uow)
