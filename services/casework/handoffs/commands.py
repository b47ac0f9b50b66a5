"""The only code that changes hand-offs.

A group is locked before any of its hand-offs, always in this order, so that two candidates who answer at once are
decided one after the other.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from services.casework.clocks.commands import ClockSet, StartClock, clocks_of, clocks_of_new
from services.casework.clocks.domain import ClockKind
from services.casework.clocks.repository import handoffs_in_working_time, handoffs_with_rungs_ahead
from services.casework.custody.commands import TransferCustody, transfer_custody
from services.casework.directory.domain import CaseworkPack, Clock, RungKind
from services.casework.directory.queries import pack_in_force
from services.casework.handoffs import access, domain, facts, repository
from services.casework.handoffs.domain import Circumstances, Disposal, GroupOutcome, HandoffState, Move, Side
from services.casework.handoffs.messages import (
    CaseChanged,
    ClockReading,
    HandoffChanged,
    HandoffStart,
    ProcedureStart,
    StepEnded,
    StepResult,
)
from services.casework.handoffs.tables import Handoff, HandoffGroup, SpokenAnswer
from services.casework.packages.commands import keep_first_package, keep_package
from services.casework.packages.domain import MOVES_A_PERSON, Purpose
from services.casework.promises import repository as promises_repository
from services.casework.promises.commands import MakePromise, decide_promise, make_promises, void_promises
from services.casework.promises.domain import PromiseAbout, Verdict, verdict_on
from services.casework.promises.tables import Promise
from services.chassis import clock
from services.chassis.database import UnitOfWork
from services.chassis.errors import Forbidden, NotFound
from services.chassis.persons import person_known

GROUPS = UUID("6f0d3f1c-6f2b-5d4e-9a53-0a54b6f0f5a1")
SEARCH_CLOCKS = (ClockKind.RECEIVED_BY, ClockKind.ANSWER_BY, ClockKind.REPLY_BY)


@dataclass(frozen=True, slots=True)
class RequestHandoff:
    """A procedure's step, or a person, asks candidates for a piece of work about a person: in turn or side by side."""

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
    mode: str = "sequential"
    is_draft: bool = False
    opened_for_by: str | None = None


async def request_handoff(command: RequestHandoff, uow: UnitOfWork) -> StepResult:
    """Ask the first candidate; asking again for the same step answers how it stands and asks nobody twice."""
    group_id = clock.derived_id(GROUPS, facts.group_key(command.case_id, command.step, command.occurrence))
    known = await repository.group(uow, group_id)
    if known is not None:
        return step_result(known)
    group, _ = await _open_group(group_id, command, uow)
    return step_result(group)


async def open_handoff(command: RequestHandoff, uow: UnitOfWork) -> Handoff:
    """A person asks, or writes a draft without a clock; answers the first candidate's hand-off.

    Raises ``AgencyIsUnknown``, ``NobodyToAsk`` when neither the request nor the pack names a candidate.
    """
    if not command.candidates:
        raise domain.NobodyToAsk(purpose=command.purpose.value)
    group_id = clock.derived_id(GROUPS, facts.group_key(command.case_id, command.step, command.occurrence))
    _, asked = await _open_group(group_id, command, uow)
    return asked[0]


async def _open_group(
    group_id: UUID, command: RequestHandoff, uow: UnitOfWork
) -> tuple[HandoffGroup, Sequence[Handoff]]:
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
        mode=command.mode,
        reply_to=command.reply_to,
        reply_workflow=command.reply_workflow,
    )
    uow.create(group, "open")
    pack = await pack_in_force(uow, command.district)
    asked = []
    for _ in command.candidates if command.mode == "parallel" else command.candidates[:1]:
        handoff = await _ask(group, pack, uow, is_draft=command.is_draft, opened_for_by=command.opened_for_by)
        asked.append(handoff)
    if not asked:
        await _end_group(group, GroupOutcome.EXHAUSTED, None, uow)
    return group, asked


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


async def _ask(
    group: HandoffGroup,
    pack: CaseworkPack,
    uow: UnitOfWork,
    *,
    is_draft: bool = False,
    opened_for_by: str | None = None,
) -> Handoff:
    agency = pack.agency(group.candidates[group.asked])
    person = await person_known(uow, group.person_id)
    now = await uow.now()
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
        to_desk=agency.desks[0].code,
        state=(HandoffState.DRAFT if is_draft else HandoffState.REQUESTED).value,
        promise_holder=group.from_agency,
        requested_at=now,
        opened_for_by=opened_for_by,
        last_moved_by=uow.principal.actor,
        last_moved_at=now,
        last_move="request",
    )
    uow.change(group, "ask", asked=group.asked + 1)
    clocks = await clocks_of_new(handoff, pack, uow)
    answer_by = None if is_draft else _start_search_clocks(handoff, clocks, pack)
    _note_next_due(handoff, clocks)
    uow.create(handoff, "draft" if is_draft else "request")
    if answer_by is not None:
        keep_first_package(handoff, pack, person, uow)
        uow.publish(facts.handoff_requested(handoff, answer_by), about=handoff)
        _tell(handoff, "requested", now, uow)
    return handoff


async def _ask_next(group: HandoffGroup, pack: CaseworkPack, uow: UnitOfWork) -> bool:
    """Ask whoever keeps a place as a reserve, else the next candidate; False when there is nobody left."""
    for reserve in await repository.reserves_of_group(uow, group.id):
        await _apply(reserve, MoveHandoff(reserve.id, Move.ASK_AGAIN), HandoffState.REQUESTED, pack, uow)
        return True
    if group.asked >= len(group.candidates):
        return False
    await _ask(group, pack, uow)
    return True


def _rules(handoff: Handoff, pack: CaseworkPack) -> Clock:
    return pack.clock(handoff.purpose, handoff.to_agency)


def _start_search_clocks(handoff: Handoff, clocks: ClockSet, pack: CaseworkPack) -> datetime:
    """Both from the request on, so that a desk that looks at nothing cannot freeze the second; answers the second's."""
    rules = _rules(handoff, pack)
    answer = StartClock(
        ClockKind.ANSWER_BY,
        handoff.to_agency,
        handoff.to_agency,
        handoff.to_desk,
        rules.answer_within,
        rules.ladder,
        in_working_time=not rules.emergency,
        is_emergency=rules.emergency,
    )
    answer_by = clocks.start(answer).due_at
    if rules.receive_within is not None:
        within, ladder = rules.receive_within, rules.receipt_ladder
        clocks.start(replace(answer, kind=ClockKind.RECEIVED_BY, within=within, ladder=ladder))
    return answer_by


def _note_next_due(handoff: Handoff, clocks: ClockSet) -> dict[str, Any]:
    due = clocks.next_due()
    found: dict[str, Any] = {"clock": due.kind if due else None, "due_at": due.due_at if due else None}
    for name, value in found.items():
        setattr(handoff, name, value)
    return found


def _tell(handoff: Handoff, what: str, at: datetime, uow: UnitOfWork) -> None:
    """Both agencies' feeds, and the workflow that keeps the clocks."""
    item = facts.feed_item(handoff, what, at)
    for agency in dict.fromkeys((handoff.to_agency, handoff.from_agency)):
        uow.feed(agency, item, about=handoff)
    _wake(handoff, uow)


def _wake(handoff: Handoff, uow: UnitOfWork) -> None:
    uow.signal(
        "HandoffWorkflow",
        f"handoff:{handoff.id}",
        "handoff_changed",
        HandoffChanged(),
        start=HandoffStart(handoff_id=handoff.id, district=handoff.district),
        about=handoff,
    )


@dataclass(frozen=True, slots=True)
class Spoken:
    """Who said it for an agency that has no software, as an officer wrote it down."""

    spoke_with: str
    role: str
    phone: str


@dataclass(frozen=True, slots=True)
class Condition:
    """«Yes, if …»: the code of what must be so, whether the sender sees to it or the receiver, and until when."""

    code: str
    is_senders: bool
    due_at: datetime
    about: PromiseAbout = PromiseAbout.CANDIDATE


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
    conditions: Sequence[Condition] = ()
    spoken: Spoken | None = None


async def _locked(handoff_id: UUID, uow: UnitOfWork) -> tuple[HandoffGroup, Handoff]:
    group_id = await repository.group_of_handoff(uow, handoff_id)
    group = await repository.group(uow, group_id) if group_id else None
    if group is None:
        raise NotFound(kind="handoffs")
    return group, await uow.locked(Handoff, handoff_id)


async def move_handoff(command: MoveHandoff, uow: UnitOfWork) -> Handoff:
    """Every answer and every other move of a party.

    Raises ``NotFound`` to whoever is no party, ``NotYourMove`` to the wrong one, ``HandoffCannotMove`` naming what is
    legal now, ``GroupIsWon`` when another firm yes came first, ``StaleVersion``, ``BeritaAcaraIsMissing``,
    ``NotByPhone``, ``HappensLater``, and the refusals of ``domain.refusal``.
    """
    group, handoff = await _locked(command.handoff_id, uow)
    side = _side(command, handoff, uow)
    if command.expected_version is not None and handoff.version != command.expected_version:
        await uow.locked(Handoff, command.handoff_id, command.expected_version)
    now = await circumstances(group, handoff, uow)
    refused = domain.refusal(command.move, now)
    if refused is domain.GroupIsWon and handoff.state != HandoffState.FAILED:
        may_wait = handoff.state == HandoffState.SUPERSEDED and not handoff.is_reserve
        raise refused(("reserve",) if may_wait else (), won=True)
    target = domain.next_state(handoff.state, command.move, side, handoff.held_state, now)
    if refused is not None:
        raise refused(domain.legal_now(handoff.state, side, now), state=handoff.state)
    if command.move == Move.ARRIVE and handoff.purpose in MOVES_A_PERSON and not command.ba_number:
        raise domain.BeritaAcaraIsMissing
    if command.happened_at is not None and command.happened_at > await uow.now() + domain.CLOCKS_MAY_DIFFER:
        raise domain.HappensLater
    pack = await pack_in_force(uow, handoff.district)
    await _note_spoken(command, handoff, uow)
    await _apply(handoff, command, target, pack, uow)
    if command.move == Move.ARRIVE and handoff.purpose in MOVES_A_PERSON:
        await _take_over(command, handoff, pack, uow)
    await _follow(group, handoff, command, pack, uow)
    return handoff


def _side(command: MoveHandoff, handoff: Handoff, uow: UnitOfWork) -> Side:
    if command.spoken is not None:
        if command.move not in domain.SPEAKABLE:
            raise domain.NotByPhone
        access.check_may_speak_for(uow.principal, handoff.from_agency, handoff.to_agency)
        return Side.RECEIVER
    side = access.side_of(uow.principal, handoff.from_agency, handoff.to_agency, domain.SIDES[command.move])
    if not access.may_move(uow.principal, command.move):
        raise Forbidden
    return side


async def circumstances(group: HandoffGroup, handoff: Handoff, uow: UnitOfWork) -> Circumstances:
    """What beside the state decides about a move now."""
    told = handoff.state in domain.UNDOABLE and await repository.others_were_told(uow, group.id)
    return domain.circumstances(handoff, group.won_by, uow.principal.actor, await uow.now(), others_were_told=told)


async def _note_spoken(command: MoveHandoff, handoff: Handoff, uow: UnitOfWork) -> None:
    """Write down who spoke; the agency's own next move confirms what was said for it."""
    now = await uow.now()
    spoken = command.spoken
    if spoken is None:
        if _speaks_for_itself(handoff, uow):
            verdict = "contested" if command.move == Move.CONTEST else "confirmed"
            await _decide_spoken(handoff, verdict, uow)
        return
    uow.cause = replace(uow.cause, on_behalf_of=handoff.to_agency)
    uow.insert(
        SpokenAnswer(
            id=clock.new_id(),
            district=handoff.district,
            handoff_id=handoff.id,
            agency=handoff.to_agency,
            move=command.move.value,
            spoke_with=spoken.spoke_with,
            role=spoken.role,
            phone=spoken.phone,
            happened_at=command.happened_at or now,
            recorded_at=now,
            recorded_by=uow.principal.actor,
        )
    )


def _speaks_for_itself(handoff: Handoff, uow: UnitOfWork) -> bool:
    """Whether the agency for which an officer wrote something down now moves the hand-off itself."""
    return handoff.spoken_for and not uow.principal.is_system and uow.principal.agency == handoff.to_agency


async def _decide_spoken(handoff: Handoff, verdict: str, uow: UnitOfWork) -> None:
    now = await uow.now()
    for answer in await repository.unconfirmed_answers(uow, handoff.id):
        uow.set(answer, verdict=verdict, verdict_at=now)


async def confirm_spoken(handoff_id: UUID, uow: UnitOfWork) -> Handoff:
    """«Yes, we said that»: what an officer wrote down for the receiver stands for good.

    Raises ``NotFound``, ``NotYourMove``, ``NobodySpokeForThem``.
    """
    _, handoff = await _locked(handoff_id, uow)
    access.side_of(uow.principal, handoff.from_agency, handoff.to_agency, frozenset({Side.RECEIVER}))
    if not handoff.spoken_for:
        raise domain.NobodySpokeForThem((), state=handoff.state)
    pack = await pack_in_force(uow, handoff.district)
    clocks = await clocks_of(handoff, pack, uow)
    await clocks.stop("CONFIRMED", {ClockKind.CONFIRM_BY})
    await _decide_spoken(handoff, "confirmed", uow)
    uow.change(handoff, "confirm", spoken_for=False, **_note_next_due(handoff, clocks))
    _tell(handoff, "confirmed", await uow.now(), uow)
    return handoff


async def _take_over(command: MoveHandoff, handoff: Handoff, pack: CaseworkPack, uow: UnitOfWork) -> None:
    await transfer_custody(
        TransferCustody(
            person_id=handoff.person_id,
            case_id=handoff.case_id,
            correlation_id=handoff.correlation_id,
            district=handoff.district,
            to_agency=handoff.to_agency,
            happened_at=command.happened_at or await uow.now(),
            place_code=command.place_code or pack.agency(handoff.to_agency).place_code or handoff.district,
            condition_code=command.condition_code,
            ba_number=command.ba_number,
        ),
        uow,
    )


async def _apply(
    handoff: Handoff, command: MoveHandoff, target: HandoffState, pack: CaseworkPack, uow: UnitOfWork
) -> None:
    """The row, its clocks and promises, the fact and the feeds of one legal move."""
    now = await uow.now()
    move = command.move
    changes: dict[str, Any] = {
        "state": target.value,
        "held_state": handoff.state if move == Move.HOLD else None,
        "last_move": move.value,
        "last_moved_by": uow.principal.actor,
        "last_moved_at": now,
    }
    changes["promise_holder"] = domain.promise_holder(
        target, handoff.from_agency, handoff.to_agency, changes["held_state"]
    )
    if move in (Move.RECEIVE, Move.ACCEPT, Move.ACCEPT_CONDITIONALLY, Move.REJECT):
        changes["received_at"] = handoff.received_at or now
    if move in (Move.ACCEPT, Move.ACCEPT_CONDITIONALLY, Move.REJECT):
        changes["answered_at"] = command.happened_at or now
    if move in (Move.SEND, Move.CONTEST, Move.ASK_AGAIN):
        changes |= {"requested_at": now, "received_at": None, "answered_at": None, "is_reserve": False}
    if move == Move.ARRIVE:
        changes["arrived_at"] = command.happened_at or now
    if move == Move.ASK_CANCEL:
        changes["cancel_asked_at"] = now
    if move == Move.REOPEN:
        changes["ended_at"] = None
    if command.spoken is not None or _speaks_for_itself(handoff, uow):
        changes["spoken_for"] = command.spoken is not None
    for name in ("reason_code", "result_code", "ba_number"):
        if getattr(command, name):
            changes[name] = getattr(command, name)
    if target in domain.ENDED_WORK or target not in domain.OPEN:
        changes["ended_at"] = handoff.ended_at or now
    clocks = await clocks_of(handoff, pack, uow)
    await _turn_clocks(handoff, command, target, clocks, pack, uow)
    changes |= _note_next_due(handoff, clocks)
    happened_at = command.happened_at
    uow.change(handoff, move.value, happened_at=happened_at, reason=command.reason_code, **changes)
    conditions = [condition.code for condition in command.conditions]
    fact = facts.handoff_moved(handoff, move, answer_by=clocks.due_of(ClockKind.ANSWER_BY), conditions=conditions)
    uow.publish(fact, about=handoff, happened_at=happened_at)
    if move in (Move.SEND, Move.ASK_AGAIN):
        await keep_package(handoff, pack, uow)
    _tell(handoff, facts.FEED_WORDS.get(move, target.value), happened_at or now, uow)


async def _turn_clocks(
    handoff: Handoff,
    command: MoveHandoff,
    target: HandoffState,
    clocks: ClockSet,
    pack: CaseworkPack,
    uow: UnitOfWork,
) -> None:
    """Which promises of time end, stand still, go on or begin with a move (`handoff.md` §3)."""
    rules = _rules(handoff, pack)
    receiver = StartClock(
        ClockKind.STATUS_BY,
        handoff.to_agency,
        handoff.to_agency,
        handoff.to_desk,
        rules.status_every,
        rules.ladder,
        in_working_time=False,
    )
    move, told_at = command.move, command.happened_at
    match move:
        case Move.SEND | Move.ASK_AGAIN:
            _start_search_clocks(handoff, clocks, pack)
        case Move.CONTEST:
            surviving = await _void_promises(handoff, move.value, uow)
            await clocks.stop(move.value, spare=surviving)
            _start_search_clocks(handoff, clocks, pack)
        case Move.RECEIVE:
            await clocks.stop(move.value, {ClockKind.RECEIVED_BY}, happened_at=told_at)
        case Move.ACCEPT_CONDITIONALLY:
            await clocks.stop(move.value, SEARCH_CLOCKS, happened_at=told_at)
            await _promise(handoff, command.conditions, clocks, rules, uow)
        case Move.ACCEPT | Move.FIRM_UP:
            await clocks.stop(move.value, SEARCH_CLOCKS, happened_at=told_at)
            if handoff.purpose in MOVES_A_PERSON:
                clocks.start(replace(receiver, kind=ClockKind.ARRIVE_BY, within=rules.arrive_within))
            else:
                clocks.start(receiver)
        case Move.UNDO:
            surviving = await _void_promises(handoff, move.value, uow)
            await clocks.stop(move.value, set(ClockKind) - set(SEARCH_CLOCKS), spare=surviving)
            clocks.go_on(move.value, {ClockKind.ANSWER_BY})
        case Move.ARRIVE | Move.START | Move.REOPEN:
            await clocks.stop(move.value, {ClockKind.ARRIVE_BY, ClockKind.READ_BY}, happened_at=told_at)
            if not clocks.is_running(ClockKind.STATUS_BY):
                clocks.start(receiver)
        case Move.COMPLETE | Move.FAIL:
            surviving = await _void_promises(handoff, move.value, uow)
            await clocks.stop(move.value, spare=surviving, happened_at=told_at)
            sender = pack.agency(handoff.from_agency)
            clocks.start(
                StartClock(
                    ClockKind.READ_BY, sender.code, sender.code, sender.desks[0].code, rules.read_within, rules.ladder
                )
            )
        case Move.HOLD:
            clocks.pause(command.reason_code or move.value)
        case Move.RESUME:
            is_asked = clocks.is_paused(ClockKind.REPLY_BY)
            kinds = set(ClockKind) - {ClockKind.ANSWER_BY, ClockKind.RECEIVED_BY} if is_asked else None
            clocks.resume(command.reason_code or move.value, kinds)
        case Move.ASK_CANCEL:
            pass
        case _:
            surviving = await _void_promises(handoff, command.reason_code or move.value, uow)
            await clocks.stop(command.reason_code or move.value, spare=surviving, happened_at=told_at)
            clocks.resume(move.value, {ClockKind.PROMISE_BY})
    if command.spoken is not None:
        confirm = replace(receiver, kind=ClockKind.CONFIRM_BY, within=rules.confirm_within, in_working_time=True)
        clocks.start(confirm)
    elif _speaks_for_itself(handoff, uow):
        await clocks.stop(move.value, {ClockKind.CONFIRM_BY})


async def _void_promises(handoff: Handoff, reason_code: str, uow: UnitOfWork) -> list[int]:
    """End the conditions of an answer that is gone; the numbers of those about the case, whose clocks go on."""
    await void_promises(handoff.id, reason_code, uow)
    return [promise.number for promise in await promises_repository.open_of_handoff(uow, handoff.id)]


async def _promise(
    handoff: Handoff, conditions: Sequence[Condition], clocks: ClockSet, rules: Clock, uow: UnitOfWork
) -> None:
    now = await uow.now()
    wanted = []
    for condition in conditions:
        if condition.due_at <= now:
            raise domain.ConditionIsPast(code=condition.code)
        owner = handoff.from_agency if condition.is_senders else handoff.to_agency
        wanted.append(MakePromise(condition.code, owner, condition.due_at, condition.about))
    for promise in await make_promises(wanted, handoff, handoff.case_id, handoff.to_agency, uow):
        clocks.start(
            StartClock(
                ClockKind.PROMISE_BY,
                promise.owner,
                promise.owner,
                "",
                timedelta(0),
                rules.ladder,
                in_working_time=False,
                occurrence=promise.number,
                until=promise.due_at,
            )
        )


async def settle_promise(promise_id: UUID, verb: str, reason_code: str | None, uow: UnitOfWork) -> Promise:
    """``meet``, ``waive`` or ``break`` a condition; the last one that is met makes the yes firm, a broken one ends it.

    Raises what ``decide_promise`` raises, and ``NotFound``.
    """
    handoff_id = await promises_repository.handoff_of(uow, promise_id)
    if handoff_id is None:
        raise NotFound(kind="promises")
    group, handoff = await _locked(handoff_id, uow)
    access.check_is_party(uow.principal, handoff.from_agency, handoff.to_agency)
    promise = await decide_promise(promise_id, verb, reason_code, uow)
    pack = await pack_in_force(uow, handoff.district)
    clocks = await clocks_of(handoff, pack, uow)
    await clocks.stop(promise.state, {ClockKind.PROMISE_BY}, occurrence=promise.number)
    uow.change(handoff, f"promise-{promise.state}", reason=promise.code, **_note_next_due(handoff, clocks))
    uow.publish(facts.promise_decided(handoff, promise.code, promise.state), about=handoff)
    _tell(handoff, f"promise.{promise.state}", await uow.now(), uow)
    await _weigh_conditions(group, handoff, promise.reason_code, pack, uow)
    return promise


async def _weigh_conditions(
    group: HandoffGroup, handoff: Handoff, reason_code: str | None, pack: CaseworkPack, uow: UnitOfWork
) -> None:
    """What the conditions decided so far mean for a conditional yes; while it is held they mean nothing yet."""
    if handoff.state != HandoffState.CONDITIONAL:
        return
    verdict = verdict_on([p.state for p in await promises_repository.of_handoff(uow, handoff.id)])
    if verdict == Verdict.WAITING:
        return
    command = MoveHandoff(handoff.id, Move.FIRM_UP)
    if verdict == Verdict.BROKEN:
        command = MoveHandoff(handoff.id, Move.REJECT, reason_code=reason_code or "PROMISE_BROKEN")
    target = domain.next_state(handoff.state, command.move, Side.SYSTEM)
    await _apply(handoff, command, target, pack, uow)
    await _follow(group, handoff, command, pack, uow)


async def _follow(
    group: HandoffGroup, handoff: Handoff, command: MoveHandoff, pack: CaseworkPack, uow: UnitOfWork
) -> None:
    """What a move means for the group: won, next candidate, or the end of the step."""
    match command.move:
        case Move.ACCEPT | Move.FIRM_UP | Move.REOPEN:
            if command.move == Move.REOPEN:
                uow.change(group, "reopen", reason=command.reason_code, outcome=None, won_by=handoff.to_agency)
            else:
                uow.change(group, "win", won_by=handoff.to_agency)
            for other in await repository.undecided_of_group(uow, group.id):
                if other.id != handoff.id:
                    beaten = MoveHandoff(other.id, Move.SUPERSEDE)
                    await _apply(other, beaten, HandoffState.SUPERSEDED, pack, uow)
        case Move.CONTEST | Move.UNDO:
            if group.won_by == handoff.to_agency or group.outcome is not None:
                uow.change(group, "reopen", reason=command.move.value, won_by=None, outcome=None)
        case Move.RESUME:
            await _weigh_conditions(group, handoff, command.reason_code, pack, uow)
        case Move.REJECT:
            await _search_on(group, handoff, GroupOutcome.EXHAUSTED, pack, uow)
        case Move.COMPLETE:
            await _end_group(group, GroupOutcome.COMPLETED, handoff, uow)
        case Move.FAIL:
            if handoff.arrived_at is None and command.reason_code in domain.SEARCH_GOES_ON:
                uow.change(group, "reopen", reason=command.reason_code, won_by=None)
                await _search_on(group, handoff, GroupOutcome.FAILED, pack, uow)
            else:
                await _end_group(group, GroupOutcome.FAILED, handoff, uow)
        case Move.CANCEL | Move.EXPIRE | Move.CONFIRM_CANCEL | Move.ENTER_IN_ERROR:
            if group.outcome is None and not [
                h for h in await repository.open_of_group(uow, group.id) if h.id != handoff.id
            ]:
                await _end_group(group, GroupOutcome.CANCELLED, handoff, uow)
        case Move.CLOSE:
            tell_procedure(group, uow)
        case _:
            pass


async def _search_on(
    group: HandoffGroup, handoff: Handoff, otherwise: GroupOutcome, pack: CaseworkPack, uow: UnitOfWork
) -> None:
    waiting = [h for h in await repository.undecided_of_group(uow, group.id) if h.id != handoff.id]
    if not await _ask_next(group, pack, uow) and not waiting:
        await _end_group(group, otherwise, handoff, uow)


def tell_procedure(group: HandoffGroup, uow: UnitOfWork) -> None:
    """Something of the case changed that its procedure may wait for."""
    if group.reply_workflow:
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
    if group.reply_workflow:
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
        expiring = [h for h in still_open if domain.expires(h.state, h.held_state)]
        for handoff in expiring:
            command = MoveHandoff(handoff.id, Move.EXPIRE, reason_code=reason_code)
            await _apply(handoff, command, HandoffState.EXPIRED, pack, uow)
        if len(expiring) == len(still_open):
            uow.change(group, "end", outcome=GroupOutcome.CANCELLED.value, reason_code=reason_code)
        ended += len(expiring)
    return ended


DISPOSING: dict[Disposal, Move] = {
    Disposal.EXPIRE: Move.EXPIRE,
    Disposal.FAIL: Move.FAIL,
    Disposal.ASK_TO_RELEASE: Move.ASK_CANCEL,
}


async def dispose(
    case_id: UUID, disposals: Mapping[UUID, Disposal], reason_code: str, happened_at: datetime, uow: UnitOfWork
) -> None:
    """Reality changed: let these hand-offs of a case expire or fail, or ask their receivers to let go.

    What is on hold goes on first where its state does not know the move. What no longer stands there is left alone.
    """
    for group in await repository.open_groups_of_case(uow, case_id):
        pack = await pack_in_force(uow, group.district)
        for handoff in await repository.open_of_group(uow, group.id):
            if handoff.id not in disposals:
                continue
            move = DISPOSING[disposals[handoff.id]]
            if handoff.state == HandoffState.ON_HOLD and (HandoffState.ON_HOLD, move) not in domain.MOVES:
                resumed = HandoffState(handoff.held_state or "")
                await _apply(handoff, MoveHandoff(handoff.id, Move.RESUME), resumed, pack, uow)
            if (HandoffState(handoff.state), move) not in domain.MOVES:
                continue
            command = MoveHandoff(handoff.id, move, reason_code=reason_code, happened_at=happened_at)
            target = domain.next_state(handoff.state, move, Side.SYSTEM, handoff.held_state)
            await _apply(handoff, command, target, pack, uow)
            await _follow(group, handoff, command, pack, uow)


async def ask_question(handoff_id: UUID, question_code: str, uow: UnitOfWork) -> Handoff:
    """The receiver cannot answer without knowing more: its clock stands still, the sender's starts.

    Raises ``NotFound``, ``NotYourMove``, ``HandoffCannotMove`` when the hand-off is answered, ``QuestionIsOpen``,
    ``EmergencyCannotPause``.
    """
    _, handoff = await _locked(handoff_id, uow)
    side = access.side_of(uow.principal, handoff.from_agency, handoff.to_agency, frozenset({Side.RECEIVER}))
    if handoff.state not in domain.UNANSWERED:
        raise domain.HandoffCannotMove(domain.legal_moves(handoff.state, side), state=handoff.state)
    pack = await pack_in_force(uow, handoff.district)
    clocks = await clocks_of(handoff, pack, uow)
    if clocks.is_running(ClockKind.REPLY_BY):
        raise domain.QuestionIsOpen(("reply",), state=handoff.state)
    clocks.pause("QUESTION", {ClockKind.ANSWER_BY, ClockKind.RECEIVED_BY})
    rules, sender = _rules(handoff, pack), pack.agency(handoff.from_agency)
    clocks.start(
        StartClock(ClockKind.REPLY_BY, sender.code, sender.code, sender.desks[0].code, rules.reply_within, rules.ladder)
    )
    uow.change(handoff, "ask", reason=question_code, **_note_next_due(handoff, clocks))
    uow.publish(facts.handoff_questioned(handoff, question_code), about=handoff)
    _tell(handoff, "questioned", await uow.now(), uow)
    return handoff


async def reply(handoff_id: UUID, reply_code: str, uow: UnitOfWork) -> Handoff:
    """The sender answered the receiver's question: the receiver's clock goes on with what was left.

    Raises ``NotFound``, ``NotYourMove``, ``NoQuestionIsOpen``.
    """
    _, handoff = await _locked(handoff_id, uow)
    access.side_of(uow.principal, handoff.from_agency, handoff.to_agency, frozenset({Side.SENDER}))
    pack = await pack_in_force(uow, handoff.district)
    clocks = await clocks_of(handoff, pack, uow)
    if not clocks.is_running(ClockKind.REPLY_BY):
        raise domain.NoQuestionIsOpen((), state=handoff.state)
    await clocks.stop("REPLIED", {ClockKind.REPLY_BY})
    clocks.resume("REPLIED", {ClockKind.ANSWER_BY, ClockKind.RECEIVED_BY})
    uow.change(handoff, "reply", reason=reply_code, **_note_next_due(handoff, clocks))
    uow.publish(facts.handoff_replied(handoff, reply_code), about=handoff)
    _tell(handoff, "replied", await uow.now(), uow)
    return handoff


@dataclass(frozen=True, slots=True)
class ReportStatus:
    """How the work stands, without a diagnosis; ``is_ready``: whoever sent the person may fetch it now."""

    handoff_id: UUID
    status_code: str
    expected_end_at: datetime | None = None
    is_ready: bool = False


async def report_status(command: ReportStatus, uow: UnitOfWork) -> Handoff:
    """News of the work: the next one is due a period later; «ready» starts the sender's clock to fetch.

    Raises ``NotFound``, ``NotYourMove``, ``HandoffCannotMove`` unless the work is the receiver's.
    """
    _, handoff = await _locked(command.handoff_id, uow)
    side = access.side_of(uow.principal, handoff.from_agency, handoff.to_agency, frozenset({Side.RECEIVER}))
    if handoff.state not in domain.PROMISED:
        raise domain.HandoffCannotMove(domain.legal_moves(handoff.state, side), state=handoff.state)
    pack = await pack_in_force(uow, handoff.district)
    rules, now = _rules(handoff, pack), await uow.now()
    clocks = await clocks_of(handoff, pack, uow)
    receiver = StartClock(
        ClockKind.STATUS_BY,
        handoff.to_agency,
        handoff.to_agency,
        handoff.to_desk,
        rules.status_every,
        rules.ladder,
        in_working_time=False,
    )
    if clocks.is_running(ClockKind.STATUS_BY):
        await clocks.stop("REPORTED", {ClockKind.STATUS_BY})
        clocks.start(receiver)
    if command.expected_end_at is not None and command.expected_end_at > now:
        await clocks.stop("REPORTED", {ClockKind.EXPECTED_END})
        clocks.start(replace(receiver, kind=ClockKind.EXPECTED_END, until=command.expected_end_at))
    if command.is_ready and not clocks.is_running(ClockKind.FETCH_BY):
        clocks.start(replace(receiver, kind=ClockKind.FETCH_BY, owner=handoff.from_agency, within=rules.fetch_within))
    uow.change(handoff, "report", reason=command.status_code, **_note_next_due(handoff, clocks))
    fact = facts.handoff_status_reported(
        handoff, command.status_code, is_ready=command.is_ready, expected_end_at=command.expected_end_at
    )
    uow.publish(fact, about=handoff)
    _tell(handoff, "reported", now, uow)
    return handoff


async def keep_as_reserve(handoff_id: UUID, uow: UnitOfWork) -> Handoff:
    """«We would still take them»: asked first when the winner falls away.

    Raises ``NotFound``, ``NotYourMove``, ``HandoffCannotMove`` unless another candidate won.
    """
    _, handoff = await _locked(handoff_id, uow)
    side = access.side_of(uow.principal, handoff.from_agency, handoff.to_agency, frozenset({Side.RECEIVER}))
    if handoff.state != HandoffState.SUPERSEDED:
        raise domain.HandoffCannotMove(domain.legal_moves(handoff.state, side), state=handoff.state)
    if not handoff.is_reserve:
        uow.change(handoff, "reserve", is_reserve=True)
    return handoff


async def read_clock(handoff_id: UUID, uow: UnitOfWork) -> ClockReading:
    """What the rows say: whether a clock will ring, and when the timer should look next."""
    handoff = await uow.locked(Handoff, handoff_id)
    look = (await clocks_of(handoff, await pack_in_force(uow, handoff.district), uow)).look_at()
    return ClockReading(is_open=look is not None, look_again_at=look)


Convene = Callable[[Handoff, UnitOfWork], Awaitable[None]]
"""What calls a case conference together, given by a layer that knows tasks."""


async def ring_clock(handoff_id: UUID, convene: Convene, uow: UnitOfWork) -> ClockReading:
    """What a timer does when it wakes: lock, look at the database's clock, write at most the next rung of each clock.

    A timer that is early, late or doubled changes nothing that is not due; every rung is written once.
    """
    group, handoff = await _locked(handoff_id, uow)
    pack = await pack_in_force(uow, handoff.district)
    clocks = await clocks_of(handoff, pack, uow)
    now = await uow.now()
    for rang, kind in clocks.ring():
        uow.change(handoff, "escalate", reason=kind.value)
        uow.publish(
            facts.handoff_escalated(handoff, rang.kind, rang.occurrence, rang.rungs, kind, rang.due_at),
            about=handoff,
        )
        item = facts.feed_item(handoff, f"escalated.{kind.value.lower()}", now)
        for agency in dict.fromkeys((handoff.to_agency, handoff.from_agency)):
            uow.feed(agency, item, about=handoff)
        if kind == RungKind.NEXT_CANDIDATE and handoff.state in domain.UNDECIDED and group.won_by is None:
            await _ask_next(group, pack, uow)
        if kind == RungKind.CASE_CONFERENCE:
            await convene(handoff, uow)
    look = clocks.look_at()
    return ClockReading(is_open=look is not None, look_again_at=look)


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
        await _apply(handoff, command, domain.next_state(handoff.state, move, Side.RECEIVER), pack, uow)
        await _follow(group, handoff, command, pack, uow)
    return handoff


async def recompute_deadlines(pack: CaseworkPack, uow: UnitOfWork) -> int:
    """A pack with another calendar is in force: open clocks move, each with a fact. Returns how many moved."""
    count = 0
    for handoff_id in await handoffs_in_working_time(uow, pack.district):
        _, handoff = await _locked(handoff_id, uow)
        clocks = await clocks_of(handoff, pack, uow)
        moved = clocks.recompute()
        if moved:
            uow.change(handoff, "recompute", reason=pack.version, **_note_next_due(handoff, clocks))
            for running, found in moved:
                fact = facts.deadline_moved(handoff, running.kind, running.occurrence, found)
                uow.publish(fact, about=handoff)
            _tell(handoff, "deadline-moved", await uow.now(), uow)
        count += len(moved)
    return count


async def rearm_clocks(uow: UnitOfWork) -> int:
    """Signal the workflow of every hand-off of which a clock will ring; those that run look again. Returns how many."""
    handoffs = await repository.by_ids(uow, await handoffs_with_rungs_ahead(uow))
    for handoff in handoffs:
        _wake(handoff, uow)
    return len(handoffs)
