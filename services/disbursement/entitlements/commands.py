"""The only code that changes entitlements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from services.chassis.database import UnitOfWork, current_traceparent
from services.chassis.errors import Conflict
from services.chassis.telemetry import linked_span
from services.disbursement.entitlements import domain, facts, repository
from services.disbursement.entitlements.domain import (
    Claim,
    Due,
    EntitlementState,
    Fact,
    HoldSource,
    HoldState,
    Move,
    RefusalReason,
)
from services.disbursement.entitlements.tables import Entitlement, Hold
from services.disbursement.persons.commands import rely_on_who_is_who
from services.disbursement.persons.domain import RealPerson
from services.disbursement.persons.queries import real_persons, standing_double
from services.disbursement.programmes.queries import pack_in_force


class EntitlementsAreNotFree(Conflict):
    """Some of the entitlements asked for are unknown, of another programme, or already in a batch."""

    text = "Sebagian hak bantuan tidak dikenal, milik program lain, atau sudah masuk daftar bayar."
    advice = "Muat ulang daftar hak bantuan berstatus established, lalu pilih kembali."


@dataclass(frozen=True, slots=True)
class EstablishEntitlement:
    """A case asks for aid. ``requested_at`` decides which rule and which period hold."""

    aid_request_id: UUID
    case_id: UUID
    correlation_id: UUID
    district: str
    programme_code: str
    person_id: UUID
    village_code: str
    reason_code: str
    requested_at: datetime


@dataclass(frozen=True, slots=True)
class HearOfAid:
    """What a source says of a request's aid, since when, and why; ``happened_at`` is what it says, not when."""

    aid_request_id: UUID
    source: HoldSource
    fact: Fact
    reason_code: str
    happened_at: datetime
    district: str
    correlation_id: UUID


def of_entitlement(
    entitlement: Entitlement, source: HoldSource, fact: Fact, reason_code: str, happened_at: datetime
) -> HearOfAid:
    """Something that is heard of an entitlement's person or case, as said of its aid."""
    return HearOfAid(
        aid_request_id=entitlement.aid_request_id,
        source=source,
        fact=fact,
        reason_code=reason_code,
        happened_at=happened_at,
        district=entitlement.district,
        correlation_id=entitlement.correlation_id,
    )


async def establish_entitlement(command: EstablishEntitlement, uow: UnitOfWork) -> Entitlement:
    """Answer a request for aid, once: an entitlement or a refusal with its reason; a refusal is an answer, no error.

    A real person is granted a programme's aid once in a period, whatever number of persons stand for them. Two
    requests at the same instant: for the same person the database lets one through, the other is tried again and then
    refused; for two persons who are one the list takes only one. Raises ``PackIsMissing`` when the district has no
    pack.
    """
    await rely_on_who_is_who(command.district, uow)
    entitlement_id = domain.entitlement_id(command.aid_request_id)
    answered = await repository.known(uow, entitlement_id)
    if answered is not None:
        return answered
    pack = await pack_in_force(uow, command.district)
    on = command.requested_at.astimezone(ZoneInfo(pack.zone)).date()
    decision = domain.decide(pack.programme(command.programme_code), command.reason_code, on)
    entitlement = Entitlement(
        id=entitlement_id,
        correlation_id=command.correlation_id,
        district=command.district,
        state=EntitlementState.REFUSED.value,
        aid_request_id=command.aid_request_id,
        case_id=command.case_id,
        person_id=command.person_id,
        village_code=command.village_code,
        programme_code=command.programme_code,
        request_reason=command.reason_code,
        traceparent=current_traceparent(),
    )
    if not isinstance(decision, Due):
        _refuse(entitlement, decision, command.requested_at, uow)
        return entitlement
    # Kept in a refusal too: when the other grant falls away, this one is taken up as it would have been.
    entitlement.rule_version = decision.rule.version
    entitlement.period = decision.period
    entitlement.amount_rupiah = decision.rule.amount_rupiah
    person = (await real_persons([command.person_id], uow))[command.person_id]
    if await repository.counting(uow, command.district, command.programme_code, decision.period, person.members):
        _refuse(entitlement, RefusalReason.ALREADY_ENTITLED, command.requested_at, uow)
        return entitlement
    entitlement.state = EntitlementState.ESTABLISHED.value
    uow.create(entitlement, "establish", happened_at=command.requested_at)
    uow.publish(facts.entitlement_established(entitlement), about=entitlement)
    await _note_what_is_known(entitlement, person, uow)
    await _keep_holds(entitlement, uow)
    return entitlement


def _refuse(entitlement: Entitlement, reason: RefusalReason, requested_at: datetime, uow: UnitOfWork) -> None:
    entitlement.reason_code = reason.value
    uow.create(entitlement, "refuse", happened_at=requested_at, reason=reason.value)
    uow.publish(facts.entitlement_refused(entitlement), about=entitlement)


async def _note_what_is_known(entitlement: Entitlement, person: RealPerson, uow: UnitOfWork) -> None:
    """A death, or a case that is a double, known before its aid was asked for."""
    if person.died_at is not None:
        await note_hold(of_entitlement(entitlement, HoldSource.DEATH, Fact.HOLD, "DECEASED", person.died_at), uow)
    double = await standing_double(entitlement.case_id, uow)
    if double is not None:
        await note_hold(of_entitlement(entitlement, HoldSource.DOUBLE, Fact.END, "DUPLICATE", double.since), uow)


async def _keep_holds(entitlement: Entitlement, uow: UnitOfWork) -> None:
    """What was said of the aid before it was granted."""
    standing = await repository.standing_holds(uow, entitlement.aid_request_id)
    if standing:
        is_ended = any(hold.state == HoldState.ENDED for hold in standing)
        await move_entitlement(entitlement, Move.END if is_ended else Move.HOLD, standing[0].reason_code, uow)


async def note_hold(command: HearOfAid, uow: UnitOfWork) -> None:
    """Keep what was said, whatever has become of the aid, also before the request is known.

    What people ended stays ended, but for a double that was none after all.
    """
    hold = await repository.hold(uow, domain.hold_id(command.aid_request_id, command.source))
    if hold is None:
        if command.fact is not Fact.LET_GO:
            hold = Hold(
                id=domain.hold_id(command.aid_request_id, command.source),
                correlation_id=command.correlation_id,
                district=command.district,
                state=domain.SAID[command.fact].value,
                aid_request_id=command.aid_request_id,
                source=command.source.value,
                reason_code=command.reason_code,
                since=command.happened_at,
            )
            uow.create(hold, command.fact.value, happened_at=command.happened_at, reason=command.reason_code)
        return
    state = domain.next_hold_state(hold.state, command.source, command.fact)
    if state != hold.state or command.reason_code != hold.reason_code:
        uow.change(
            hold,
            command.fact.value,
            happened_at=command.happened_at,
            reason=command.reason_code,
            state=state.value,
            reason_code=command.reason_code if state in domain.STANDING else hold.reason_code,
        )


async def move_entitlement(
    entitlement: Entitlement, move: Move, reason_code: str, uow: UnitOfWork, *, was_ordered: bool = False
) -> None:
    """Hold a locked entitlement back, let it go, end it or bring it back; off its list, if it is on one.

    ``was_ordered``: a payment of it was ordered and withdrawn, so that the next one is another payment.
    Raises ``EntitlementCannotMove``.
    """
    changes: dict[str, Any] = {"state": domain.next_state(entitlement.state, move).value, "batch_id": None}
    if was_ordered or move is Move.REVIVE:
        changes["attempt"] = entitlement.attempt + 1
    if move in (Move.END, Move.REVIVE, Move.RECONSIDER):
        changes["reason_code"] = reason_code if move is Move.END else None
    uow.change(entitlement, move.value, reason=reason_code, **changes)
    if move is Move.END:
        uow.publish(facts.entitlement_ended(entitlement), about=entitlement)
    if move in (Move.REVIVE, Move.RECONSIDER):
        uow.publish(facts.entitlement_established(entitlement), about=entitlement)


async def not_the_one(entitlements: Sequence[Entitlement], uow: UnitOfWork) -> frozenset[UUID]:
    """Which of these grants, of one district, another grant to the same real person and period stands for."""
    if not entitlements:
        return frozenset()
    real = await real_persons([row.person_id for row in entitlements], uow)
    everybody = frozenset[UUID]().union(*(person.members for person in real.values()))
    groups: dict[tuple[str, str, UUID], list[Claim]] = {}
    ours: dict[UUID, tuple[str, str, UUID]] = {}
    one_of = {member: min(person.members) for person in real.values() for member in person.members}
    for row in await repository.of_persons(uow, entitlements[0].district, everybody):
        if row.state in domain.COUNTING and row.recorded_at is not None:
            key = (row.programme_code, row.period, one_of[row.person_id])
            ours[row.id] = key
            groups.setdefault(key, []).append(
                Claim(row.id, domain.LISTED_PLACES[EntitlementState(row.state)], row.recorded_at)
            )
    stands = {key: domain.the_one(claims) for key, claims in groups.items()}
    return frozenset(
        row.id for row in entitlements if (one := stands[ours[row.id]]) is not None and one.entitlement_id != row.id
    )


async def one_list_at_a_time(district: str, programme_code: str, uow: UnitOfWork) -> None:
    """Whoever takes or approves a programme's aid waits for whoever does, so that each sees the other's list."""
    await repository.lock_lists(uow, district, programme_code)


@dataclass(frozen=True, slots=True)
class FindWaiting:
    """Entitlements that a list may take: the named ones, or all that wait, at most ``limit``."""

    district: str
    programme_code: str
    only: Sequence[UUID] | None
    limit: int


async def find_waiting(command: FindWaiting, uow: UnitOfWork) -> list[Entitlement]:
    """What waits for a list, locked, oldest first; none of a real person for whom another stands.

    Raises ``EntitlementsAreNotFree`` when a named one is not among them.
    """
    await one_list_at_a_time(command.district, command.programme_code, uow)
    found = await repository.payable(uow, command.district, command.programme_code, command.only, command.limit)
    doubled = await not_the_one(found, uow)
    found = [entitlement for entitlement in found if entitlement.id not in doubled]
    if command.only is not None and len(found) != len(set(command.only)):
        missing = sorted(str(wanted) for wanted in set(command.only) - {row.id for row in found})
        raise EntitlementsAreNotFree(entitlements=missing)
    return found


def put_on_list(entitlements: Sequence[Entitlement], batch_id: UUID, uow: UnitOfWork) -> None:
    """They are now the list's. Raises ``EntitlementCannotMove``."""
    for entitlement in entitlements:
        state = domain.next_state(entitlement.state, Move.TAKE)
        with linked_span(
            "entitlement batch", entitlement.traceparent,
            case_id=str(entitlement.correlation_id), batch_id=str(batch_id),
        ):  # fmt: skip
            uow.change(entitlement, Move.TAKE.value, state=state.value, batch_id=batch_id)


async def entitlements_of_batch(batch_id: UUID, uow: UnitOfWork) -> list[Entitlement]:
    """The entitlements on a list, locked until the commit."""
    return await repository.of_batch(uow, batch_id)


async def release_from_batch(batch_id: UUID, reason_code: str, was_ordered: bool, uow: UnitOfWork) -> None:
    """The batch was refused: its entitlements wait for another one."""
    for entitlement in await repository.of_batch(uow, batch_id):
        await move_entitlement(entitlement, Move.RELEASE, reason_code, uow, was_ordered=was_ordered)


async def settle_entitlement(entitlement_id: UUID, move: Move, reason_code: str | None, uow: UnitOfWork) -> Entitlement:
    """The bank's word (``PAY`` or ``RETURN``), or ours after a return (``RENEW`` or ``END``).

    Raises ``EntitlementCannotMove``.
    """
    entitlement = await uow.locked(Entitlement, entitlement_id)
    changes: dict[str, Any] = {"state": domain.next_state(entitlement.state, move).value}
    if move is Move.RENEW:
        changes |= {"batch_id": None, "attempt": entitlement.attempt + 1}
    if move is Move.END:
        changes["reason_code"] = reason_code
    uow.change(entitlement, move.value, reason=reason_code, **changes)
    if move is Move.END:
        uow.publish(facts.entitlement_ended(entitlement), about=entitlement)
    return entitlement
