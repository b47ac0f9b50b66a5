"""The only code that changes hand-offs.

A group is locked before any of its hand-offs, always in this order, so that two candidates who answer at once are
decided one after the other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from services.casework.custody.commands import TransferCustody, transfer_custody
from services.casework.directory.domain import CaseworkPack, RungKind, add_working_time
from services.casework.directory.queries import pack_in_force
from services.casework.handoffs import access, domain, facts, repository
from services.casework.handoffs.domain import ClockKind, GroupOutcome, HandoffState, Move, Purpose, Side
from services.casework.handoffs.messages import (
    CaseChanged,
    ClockReading,
    HandoffChanged,
    HandoffStart,
    ProcedureStart,
    StepEnded,
    StepResult,
)
from services.casework.handoffs.tables import Handoff, HandoffGroup, RungRow
from services.chassis import clock
from services.chassis.database import UnitOfWork
from services.chassis.errors import Forbidden, NotFound

GROUPS = UUID("6f0d3f1c-6f2b-5d4e-9a53-0a54b6f0f5a1")
CLAIM_LASTS = timedelta(hours=8)


@dataclass(frozen=True, slots=True)
class RequestHandoff:
    """A procedure's step asks candidates, one after another, for a piece of work about a person."""

    case_id: UUID
    correlation_id: UUID
    district: str
    person_id: UUID
    village_code: str
    step: str
    occurrence: int
    purpose: Purpose
    from_agency: str
    candidates: Sequence[str]
    reply_to: str
    reply_workflow: str


async def request_handoff(command: RequestHandoff, uow: UnitOfWork) -> StepResult:
    """Ask the first candidate; asking again for the same step answers how it stands and asks nobody twice."""
    group_id = clock.derived_id(GROUPS, facts.group_key(command.case_id, command.step, command.occurrence))
    known = await repository.group(uow, group_id)
    if known is not None:
        return step_result(known)
    group = HandoffGroup(
        id=group_id,
        correlation_id=command.correlation_id,
        district=command.district,
        case_id=command.case_id,
        person_id=command.person_id,
        step=command.step,
        purpose=command.purpose.value,
        from_agency=command.from_agency,
        candidates=list(command.candidates),
        asked=0,
        reply_to=command.reply_to,
        reply_workflow=command.reply_workflow,
    )
    uow.create(group, "open")
    pack = await pack_in_force(uow, command.district)
    if not await _ask_next(group, pack, uow):
        await _end_group(group, GroupOutcome.EXHAUSTED, None, uow)
    return step_result(group)


def step_result(group: HandoffGroup) -> StepResult:
    """How a step stands."""
    return StepResult(
        step=group.step,
        ended=group.outcome is not None,
        outcome=group.outcome or "",
        result_code=group.result_code or "",
        reason_code=group.reason_code or "",
        agency=group.won_by or "",
    )


async def _ask_next(group: HandoffGroup, pack: CaseworkPack, uow: UnitOfWork) -> bool:
    """Ask the next candidate of a group; False when there is none left."""
    if group.asked >= len(group.candidates):
        return False
    agency = pack.agency(group.candidates[group.asked])
    now = await uow.now()
    desk = agency.desks[0]
    rules = pack.clock(group.purpose, agency.code)
    calendar = pack.calendar_of(agency.code, desk.code)
    handoff = Handoff(
        id=clock.new_id(),
        correlation_id=group.correlation_id,
        district=group.district,
        case_id=group.case_id,
        person_id=group.person_id,
        group_id=group.id,
        candidate_no=group.asked + 1,
        purpose=group.purpose,
        from_agency=group.from_agency,
        to_agency=agency.code,
        to_desk=desk.code,
        state=HandoffState.REQUESTED.value,
        promise_holder=group.from_agency,
        clock=ClockKind.ANSWER_BY.value,
        clock_started_at=now,
        due_at=add_working_time(now, rules.answer_within, calendar, pack.zone_of(agency.code)),
        requested_at=now,
    )
    uow.change(group, "ask", asked=group.asked + 1)
    uow.create(handoff, "request")
    uow.publish(facts.handoff_requested(handoff), about=handoff)
    _tell(handoff, "requested", now, uow)
    return True


def _tell(handoff: Handoff, what: str, at: datetime, uow: UnitOfWork) -> None:
    """Both agencies' feeds, and the workflow that keeps the clock."""
    item = facts.feed_item(handoff, what, at)
    for agency in dict.fromkeys((handoff.to_agency, handoff.from_agency)):
        uow.feed(agency, item, about=handoff)
    uow.signal(
        "HandoffWorkflow",
        f"handoff:{handoff.id}",
        "handoff_changed",
        HandoffChanged(),
        start=HandoffStart(handoff_id=handoff.id, district=handoff.district),
        about=handoff,
    )


@dataclass(frozen=True, slots=True)
class MoveHandoff:
    """One party moves a hand-off. ``happened_at`` may lie before now when an officer records late."""

    handoff_id: UUID
    move: Move
    expected_version: int | None = None
    reason_code: str | None = None
    result_code: str | None = None
    ba_number: str | None = None
    place_code: str | None = None
    condition_code: str = "STABLE"
    happened_at: datetime | None = None


async def move_handoff(command: MoveHandoff, uow: UnitOfWork) -> Handoff:
    """Receive, accept, reject, arrive, start, complete, fail, close or cancel.

    Raises ``NotFound`` to whoever is no party, ``NotYourMove`` to the wrong one, ``HandoffCannotMove`` naming what is
    legal now, ``GroupIsWon`` when another firm yes came first, ``StaleVersion``, ``BeritaAcaraIsMissing``.
    """
    group_id = await repository.group_of_handoff(uow, command.handoff_id)
    group = await repository.group(uow, group_id) if group_id else None
    if group is None:
        raise NotFound(kind="handoffs")
    handoff = await uow.locked(Handoff, command.handoff_id)
    side = access.side_of(uow.principal, handoff.from_agency, handoff.to_agency, domain.SIDE[command.move])
    if not access.may_move(uow.principal, command.move):
        raise Forbidden
    if command.expected_version is not None and handoff.version != command.expected_version:
        await uow.locked(Handoff, command.handoff_id, command.expected_version)
    if command.move == Move.ACCEPT and group.won_by not in (None, handoff.to_agency):
        raise domain.GroupIsWon(domain.legal_moves(handoff.state, side), won=True)
    target = domain.next_state(handoff.state, command.move, side)
    if command.move == Move.ARRIVE and handoff.purpose in domain.MOVES_A_PERSON and not command.ba_number:
        raise domain.BeritaAcaraIsMissing
    pack = await pack_in_force(uow, handoff.district)
    now = await uow.now()
    happened_at = command.happened_at or now
    await _apply(handoff, target, command, pack, now, uow)
    if command.move == Move.ARRIVE and handoff.purpose in domain.MOVES_A_PERSON:
        await transfer_custody(
            TransferCustody(
                person_id=handoff.person_id,
                case_id=handoff.case_id,
                correlation_id=handoff.correlation_id,
                district=handoff.district,
                to_agency=handoff.to_agency,
                happened_at=happened_at,
                place_code=command.place_code or pack.agency(handoff.to_agency).place_code or handoff.district,
                condition_code=command.condition_code,
                ba_number=command.ba_number,
            ),
            uow,
        )
    await _follow(group, handoff, command.move, pack, uow)
    return handoff


async def _apply(
    handoff: Handoff, target: HandoffState, command: MoveHandoff, pack: CaseworkPack, now: datetime, uow: UnitOfWork
) -> None:
    kind, due_at = _clock_of(handoff, target, pack, now)
    changes: dict[str, object] = {
        "state": target.value,
        "promise_holder": domain.promise_holder(target, handoff.from_agency, handoff.to_agency),
    }
    if (kind.value if kind else None) != handoff.clock:
        changes |= {
            "clock": kind.value if kind else None,
            "clock_started_at": now if kind else None,
            "due_at": due_at,
            "occurrence": 1,
            "rungs": 0,
        }
    if command.move == Move.RECEIVE:
        changes["received_at"] = now
    if command.move in (Move.ACCEPT, Move.REJECT):
        changes |= {"answered_at": now, "received_at": handoff.received_at or now}
    if command.reason_code:
        changes["reason_code"] = command.reason_code
    if command.result_code:
        changes["result_code"] = command.result_code
    if command.ba_number:
        changes["ba_number"] = command.ba_number
    if target in (HandoffState.COMPLETED, HandoffState.FAILED) or target not in domain.OPEN:
        changes["ended_at"] = handoff.ended_at or now
    happened_at = command.happened_at
    uow.change(handoff, command.move.value, happened_at=happened_at, reason=command.reason_code, **changes)
    uow.publish(facts.handoff_moved(handoff, command.move), about=handoff, happened_at=happened_at)
    _tell(handoff, target.value, happened_at or now, uow)


def _clock_of(
    handoff: Handoff, target: HandoffState, pack: CaseworkPack, now: datetime
) -> tuple[ClockKind | None, datetime | None]:
    """Which promise's time runs in a state, and until when."""
    rules = pack.clock(handoff.purpose, handoff.to_agency)
    match target:
        case HandoffState.REQUESTED | HandoffState.RECEIVED:
            return ClockKind.ANSWER_BY, handoff.due_at
        case HandoffState.ACCEPTED if handoff.purpose in domain.MOVES_A_PERSON:
            return ClockKind.ARRIVE_BY, now + rules.arrive_within
        case HandoffState.ACCEPTED | HandoffState.ARRIVED | HandoffState.IN_PROGRESS:
            return ClockKind.STATUS_BY, now + rules.status_every
        case HandoffState.COMPLETED | HandoffState.FAILED:
            office = pack.agency(pack.office)
            calendar = pack.calendar_of(office.code, office.desks[0].code)
            return ClockKind.READ_BY, add_working_time(now, rules.read_within, calendar, pack.zone_of(office.code))
        case _:
            return None, None


async def _follow(group: HandoffGroup, handoff: Handoff, move: Move, pack: CaseworkPack, uow: UnitOfWork) -> None:
    """What a move means for the group: won, next candidate, or the end of the step."""
    match move:
        case Move.ACCEPT:
            uow.change(group, "win", won_by=handoff.to_agency)
            for other in await repository.unanswered_of_group(uow, group.id):
                if other.id != handoff.id:
                    command = MoveHandoff(other.id, Move.SUPERSEDE)
                    await _apply(other, HandoffState.SUPERSEDED, command, pack, await uow.now(), uow)
        case Move.REJECT:
            waiting = [h for h in await repository.unanswered_of_group(uow, group.id) if h.id != handoff.id]
            if not await _ask_next(group, pack, uow) and not waiting:
                await _end_group(group, GroupOutcome.EXHAUSTED, handoff, uow)
        case Move.COMPLETE:
            await _end_group(group, GroupOutcome.COMPLETED, handoff, uow)
        case Move.FAIL:
            await _end_group(group, GroupOutcome.FAILED, handoff, uow)
        case Move.CANCEL | Move.EXPIRE:
            if group.outcome is None and not [
                h for h in await repository.open_of_group(uow, group.id) if h.id != handoff.id
            ]:
                await _end_group(group, GroupOutcome.CANCELLED, handoff, uow)
        case Move.CLOSE:
            tell_procedure(group, uow)
        case Move.RECEIVE | Move.ARRIVE | Move.START | Move.SUPERSEDE:
            pass


def tell_procedure(group: HandoffGroup, uow: UnitOfWork) -> None:
    """Something of the case changed that its procedure may wait for."""
    uow.signal(
        group.reply_workflow,
        group.reply_to,
        "case_changed",
        CaseChanged(),
        start=ProcedureStart(case_id=group.case_id, district=group.district),
        about=group,
    )


async def _end_group(group: HandoffGroup, outcome: GroupOutcome, handoff: Handoff | None, uow: UnitOfWork) -> None:
    uow.change(
        group,
        "end",
        outcome=outcome.value,
        result_code=handoff.result_code if handoff else None,
        reason_code=handoff.reason_code if handoff else None,
    )
    uow.signal(
        group.reply_workflow,
        group.reply_to,
        "step_ended",
        StepEnded(
            step=group.step,
            outcome=outcome.value,
            result_code=group.result_code or "",
            reason_code=group.reason_code or "",
            agency=group.won_by or "",
        ),
        start=ProcedureStart(case_id=group.case_id, district=group.district),
        about=group,
    )


async def expire_of_case(case_id: UUID, reason_code: str, uow: UnitOfWork) -> int:
    """End every unanswered or merely promised hand-off of a case whose purpose is gone; returns how many.

    Work that has begun goes on until its receiver reports.
    """
    ended = 0
    for group in await repository.open_groups_of_case(uow, case_id):
        pack = await pack_in_force(uow, group.district)
        still_open = await repository.open_of_group(uow, group.id)
        expiring = [h for h in still_open if (HandoffState(h.state), Move.EXPIRE) in domain.MOVES]
        now = await uow.now()
        for handoff in expiring:
            command = MoveHandoff(handoff.id, Move.EXPIRE, reason_code=reason_code)
            await _apply(handoff, HandoffState.EXPIRED, command, pack, now, uow)
        if len(expiring) == len(still_open):
            uow.change(group, "end", outcome=GroupOutcome.CANCELLED.value, reason_code=reason_code)
        ended += len(expiring)
    return ended


async def claim_handoff(handoff_id: UUID, uow: UnitOfWork) -> Handoff:
    """Take an item of the desk's shared inbox for this shift: neither receipt nor answer, hidden from nobody.

    Raises ``NotFound``, ``HandoffIsClaimed`` when a colleague's claim still holds.
    """
    handoff = await uow.locked(Handoff, handoff_id)
    if uow.principal.agency not in (handoff.to_agency, handoff.from_agency):
        raise NotFound(kind="handoffs")
    now = await uow.now()
    holds = handoff.claimed_until is not None and handoff.claimed_until > now
    if holds and handoff.claimed_by != uow.principal.actor:
        raise domain.HandoffIsClaimed(claimed_until=handoff.claimed_until.isoformat() if handoff.claimed_until else "")
    uow.change(handoff, "claim", claimed_by=uow.principal.actor, claimed_until=now + CLAIM_LASTS)
    return handoff


async def read_clock(handoff_id: UUID, uow: UnitOfWork) -> ClockReading:
    """What the row says: whether a clock runs, and when its timer should look again."""
    handoff = await uow.locked(Handoff, handoff_id)
    if handoff.due_at is None or handoff.clock is None:
        return ClockReading(is_open=False)
    pack = await pack_in_force(uow, handoff.district)
    ladder = pack.ladders[pack.clock(handoff.purpose, handoff.to_agency).ladder]
    look = handoff.due_at + ladder[handoff.rungs].after if handoff.rungs < len(ladder) else None
    return ClockReading(is_open=look is not None, look_again_at=look)


async def ring_clock(handoff_id: UUID, uow: UnitOfWork) -> ClockReading:
    """What a timer does when it wakes: lock, look at the database's clock, write at most the next rung.

    A timer that is early, late or doubled changes nothing that is not due; every rung is written once.
    """
    group_id = await repository.group_of_handoff(uow, handoff_id)
    group = await repository.group(uow, group_id) if group_id else None
    if group is None:
        return ClockReading(is_open=False)
    handoff = await uow.locked(Handoff, handoff_id)
    if handoff.due_at is None or handoff.clock is None:
        return ClockReading(is_open=False)
    pack = await pack_in_force(uow, handoff.district)
    ladder = pack.ladders[pack.clock(handoff.purpose, handoff.to_agency).ladder]
    now = await uow.now()
    ringing = domain.ring(now, handoff.due_at, handoff.rungs, ladder)
    if ringing.kind is None:
        return ClockReading(is_open=ringing.look_again_at is not None, look_again_at=ringing.look_again_at)
    uow.insert(
        RungRow(
            handoff_id=handoff.id,
            clock=handoff.clock,
            occurrence=handoff.occurrence,
            rung_no=ringing.rung_no,
            kind=ringing.kind.value,
            due_at=handoff.due_at,
            decided_at=now,
            district=handoff.district,
        )
    )
    uow.change(handoff, "escalate", reason=ringing.kind.value, rungs=ringing.rung_no)
    uow.publish(
        facts.handoff_escalated(
            handoff, handoff.clock, handoff.occurrence, ringing.rung_no, ringing.kind, handoff.due_at
        ),
        about=handoff,
    )
    item = facts.feed_item(handoff, f"escalated.{ringing.kind.value.lower()}", now)
    for agency in dict.fromkeys((handoff.to_agency, handoff.from_agency)):
        uow.feed(agency, item, about=handoff)
    if ringing.kind == RungKind.NEXT_CANDIDATE and handoff.state in domain.UNANSWERED and group.won_by is None:
        await _ask_next(group, pack, uow)
    return ClockReading(is_open=ringing.look_again_at is not None, look_again_at=ringing.look_again_at)


async def answer_for_registry(
    case_id: UUID, purpose: Purpose, result_code: str, uow: UnitOfWork, handoff_id: UUID | None
) -> Handoff | None:
    """A registry's answer, heard as an event, carries its hand-off from wherever it stands to completed."""
    if handoff_id is None:
        return None
    group_id = await repository.group_of_handoff(uow, handoff_id)
    group = await repository.group(uow, group_id) if group_id else None
    if group is None or group.case_id != case_id or group.purpose != purpose:
        return None
    handoff = await uow.locked(Handoff, handoff_id)
    moves = {
        HandoffState.REQUESTED: (Move.ACCEPT, Move.START, Move.COMPLETE),
        HandoffState.RECEIVED: (Move.ACCEPT, Move.START, Move.COMPLETE),
        HandoffState.ACCEPTED: (Move.START, Move.COMPLETE),
        HandoffState.IN_PROGRESS: (Move.COMPLETE,),
    }.get(HandoffState(handoff.state), ())
    pack = await pack_in_force(uow, handoff.district)
    for move in moves:
        command = MoveHandoff(handoff.id, move, result_code=result_code if move == Move.COMPLETE else None)
        target = domain.next_state(handoff.state, move, Side.RECEIVER)
        await _apply(handoff, target, command, pack, await uow.now(), uow)
        await _follow(group, handoff, move, pack, uow)
    return handoff


async def rearm_clocks(uow: UnitOfWork) -> int:
    """Signal the workflow of every hand-off with a running clock; those that run ignore it. Returns how many."""
    rows = await repository.open_without_end(uow)
    for handoff in rows:
        uow.signal(
            "HandoffWorkflow",
            f"handoff:{handoff.id}",
            "handoff_changed",
            HandoffChanged(),
            start=HandoffStart(handoff_id=handoff.id, district=handoff.district),
            about=handoff,
        )
    return len(rows)
