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
    Due,
    EntitlementState,
    Fact,
    HoldSource,
    HoldState,
    Move,
    RefusalReason,
)
from services.disbursement.entitlements.tables import Entitlement, Hold
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


async def establish_entitlement(command: EstablishEntitlement, uow: UnitOfWork) -> Entitlement:
    """Answer a request for aid, once: an entitlement or a refusal with its reason; a refusal is an answer, no error.

    Two requests for the same person, programme and period at the same instant: the database lets one through, the
    other is tried again and then refused. Raises ``PackIsMissing`` when the district has no pack.
    """
    entitlement_id = domain.entitlement_id(command.aid_request_id)
    answered = await repository.known(uow, entitlement_id)
    if answered is not None:
        return answered
    pack = await pack_in_force(uow, command.district)
    on = command.requested_at.astimezone(ZoneInfo(pack.zone)).date()
    decision = domain.decide(pack.programme(command.programme_code), command.reason_code, on)
    if isinstance(decision, Due) and await repository.counting(
        uow, command.district, command.programme_code, decision.period, command.person_id
    ):
        decision = RefusalReason.ALREADY_ENTITLED
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
    if isinstance(decision, Due):
        entitlement.state = EntitlementState.ESTABLISHED.value
        entitlement.rule_version = decision.rule.version
        entitlement.period = decision.period
        entitlement.amount_rupiah = decision.rule.amount_rupiah
        uow.create(entitlement, "establish", happened_at=command.requested_at)
        uow.publish(facts.entitlement_established(entitlement), about=entitlement)
        await _keep_holds(entitlement, uow)
    else:
        entitlement.reason_code = decision.value
        uow.create(entitlement, "refuse", happened_at=command.requested_at, reason=decision.value)
        uow.publish(facts.entitlement_refused(entitlement), about=entitlement)
    return entitlement


async def _keep_holds(entitlement: Entitlement, uow: UnitOfWork) -> None:
    """What was said of the aid before it was granted."""
    standing = await repository.standing_holds(uow, entitlement.aid_request_id)
    if standing:
        is_ended = any(hold.state == HoldState.ENDED for hold in standing)
        await move_entitlement(entitlement, Move.END if is_ended else Move.HOLD, standing[0].reason_code, uow)


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
    if move in (Move.END, Move.REVIVE):
        changes["reason_code"] = reason_code if move is Move.END else None
    uow.change(entitlement, move.value, reason=reason_code, **changes)
    if move is Move.END:
        uow.publish(facts.entitlement_ended(entitlement), about=entitlement)
    if move is Move.REVIVE:
        uow.publish(facts.entitlement_established(entitlement), about=entitlement)


@dataclass(frozen=True, slots=True)
class TakeForBatch:
    """Put entitlements into a batch: the named ones, or all that wait, at most ``limit``."""

    batch_id: UUID
    district: str
    programme_code: str
    only: Sequence[UUID] | None
    limit: int


async def take_for_batch(command: TakeForBatch, uow: UnitOfWork) -> list[Entitlement]:
    """The entitlements that are now the batch's, oldest first. Raises ``EntitlementsAreNotFree``."""
    found = await repository.payable(uow, command.district, command.programme_code, command.only, command.limit)
    if command.only is not None and len(found) != len(set(command.only)):
        missing = sorted(str(wanted) for wanted in set(command.only) - {row.id for row in found})
        raise EntitlementsAreNotFree(entitlements=missing)
    for entitlement in found:
        state = domain.next_state(entitlement.state, Move.TAKE)
        with linked_span(
            "entitlement batch", entitlement.traceparent,
            case_id=str(entitlement.correlation_id), batch_id=str(command.batch_id),
        ):  # fmt: skip
            uow.change(entitlement, Move.TAKE.value, state=state.value, batch_id=command.batch_id)
    return found


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
