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
from services.disbursement.entitlements.domain import Due, EntitlementState, Move, RefusalReason
from services.disbursement.entitlements.tables import Entitlement
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
    else:
        entitlement.reason_code = decision.value
        uow.create(entitlement, "refuse", happened_at=command.requested_at, reason=decision.value)
        uow.publish(facts.entitlement_refused(entitlement), about=entitlement)
    return entitlement


async def turn_hold(aid_request_id: UUID, move: Move, reason_code: str, uow: UnitOfWork) -> Entitlement | None:
    """Hold an entitlement back before it is in a payment list, let it go again, or end what was held.

    What is in a list, paid or refused already is left as it is: the bank has it, and a return or a finding follows.
    """
    entitlement = await repository.known(uow, domain.entitlement_id(aid_request_id))
    if entitlement is None or (EntitlementState(entitlement.state), move) not in domain.MOVES:
        return entitlement
    if move is Move.END:
        return await settle_entitlement(entitlement.id, move, reason_code, uow)
    state = domain.next_state(entitlement.state, move)
    uow.change(entitlement, move.value, reason=reason_code, state=state.value)
    return entitlement


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


async def release_from_batch(batch_id: UUID, reason_code: str, uow: UnitOfWork) -> None:
    """The batch was refused: its entitlements wait for another one."""
    for entitlement in await repository.of_batch(uow, batch_id):
        state = domain.next_state(entitlement.state, Move.RELEASE)
        uow.change(entitlement, Move.RELEASE.value, reason=reason_code, state=state.value, batch_id=None)


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
