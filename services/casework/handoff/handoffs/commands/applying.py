"""One legal move as it happens: the row, its deadlines and conditions, the fact, the feeds and the timer."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from services.casework.handoff.conditions import repository as conditions_repository
from services.casework.handoff.conditions.commands import MakeCondition, make_conditions, void_conditions
from services.casework.handoff.conditions.domain import ConditionAbout
from services.casework.handoff.deadlines.commands import Deadlines, StartDeadline, deadlines_of
from services.casework.handoff.deadlines.domain import DeadlineKind
from services.casework.handoff.disclosures.commands import keep_disclosure
from services.casework.handoff.disclosures.domain import MOVES_A_PERSON
from services.casework.handoff.handoffs import domain, facts
from services.casework.handoff.handoffs.commands.rows import (
    note_next_due,
    receivers_deadline,
    rules_of,
    senders_deadline,
    tell,
)
from services.casework.handoff.handoffs.domain import HandoffState, Move, Side
from services.casework.handoff.handoffs.tables import Handoff
from services.casework.office.directory.domain import CaseworkPack, SlaRule
from services.casework.office.matters.domain import AboutKind
from services.casework.office.rosters.queries import phones_on_duty
from services.chassis.database import UnitOfWork

SEARCH_DEADLINES = (DeadlineKind.RECEIVED_BY, DeadlineKind.ANSWER_BY, DeadlineKind.REPLY_BY)


@dataclass(frozen=True, slots=True)
class Spoken:
    """Who said it for an agency that has no software, as an officer wrote it down."""

    spoke_with: str
    role: str
    phone: str


@dataclass(frozen=True, slots=True)
class OfferedCondition:
    """«Yes, if …»: the code of what must be so, whether the sender sees to it or the receiver, and until when."""

    code: str
    is_senders: bool
    due_at: datetime
    about: ConditionAbout = ConditionAbout.CANDIDATE


@dataclass(frozen=True, slots=True)
class MoveHandoff:
    """One party moves a hand-off. ``happened_at`` may lie before now when an officer records late.

    ``via`` names the way by which an agency without software answered for itself; it stays visible for ever.
    """

    handoff_id: UUID
    move: Move
    expected_version: int | None = None
    reason_code: str | None = None
    result_code: str | None = None
    ba_number: str | None = None
    place_code: str | None = None
    observed_state: str = "STABLE"
    happened_at: datetime | None = None
    conditions: Sequence[OfferedCondition] = ()
    spoken: Spoken | None = None
    via: str = ""


async def apply_move(
    handoff: Handoff, command: MoveHandoff, target: HandoffState, pack: CaseworkPack, uow: UnitOfWork
) -> None:
    """The row, its deadlines and promises, the fact and the feeds of one legal move."""
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
    if command.spoken is not None or speaks_for_itself(handoff, uow):
        changes["spoken_for"] = command.spoken is not None
    for name in ("reason_code", "result_code", "ba_number"):
        if getattr(command, name):
            changes[name] = getattr(command, name)
    if target in domain.ENDED_WORK or target not in domain.OPEN:
        changes["ended_at"] = handoff.ended_at or now
    deadlines = await deadlines_of(AboutKind.HANDOFF, handoff, pack, uow)
    await _turn_deadlines(handoff, command, target, deadlines, pack, uow)
    changes |= note_next_due(handoff, deadlines)
    happened_at = command.happened_at
    uow.change(handoff, move.value, happened_at=happened_at, reason=command.reason_code, **changes)
    conditions = [condition.code for condition in command.conditions]
    is_asked = move in (Move.SEND, Move.ASK_AGAIN)
    fact = facts.handoff_moved(
        handoff,
        move,
        answer_by=deadlines.due_of(DeadlineKind.ANSWER_BY),
        arrive_by=deadlines.due_of(DeadlineKind.ARRIVE_BY),
        conditions=conditions,
        on_duty=await phones_on_duty(handoff.to_agency, handoff.to_desk, pack, uow) if is_asked else (),
    )
    uow.publish(fact, about=handoff, happened_at=happened_at)
    if is_asked:
        await keep_disclosure(handoff, pack, uow)
    tell(handoff, facts.FEED_WORDS.get(move, target.value), happened_at or now, uow)


async def end_for_system(handoff: Handoff, command: MoveHandoff, pack: CaseworkPack, uow: UnitOfWork) -> bool:
    """A move that no party makes; what is on hold goes on first where that state does not know the move.

    False, with nothing changed but that, when the state does not know it either.
    """
    if handoff.state == HandoffState.ON_HOLD and (HandoffState.ON_HOLD, command.move) not in domain.MOVES:
        resumed = HandoffState(handoff.held_state or "")
        await apply_move(handoff, MoveHandoff(handoff.id, Move.RESUME), resumed, pack, uow)
    if (HandoffState(handoff.state), command.move) not in domain.MOVES:
        return False
    target = domain.next_state(handoff.state, command.move, Side.SYSTEM, handoff.held_state)
    await apply_move(handoff, command, target, pack, uow)
    return True


async def _turn_deadlines(
    handoff: Handoff,
    command: MoveHandoff,
    target: HandoffState,
    deadlines: Deadlines,
    pack: CaseworkPack,
    uow: UnitOfWork,
) -> None:
    """Which promises of time end, stand still, go on or begin with a move (`handoff.md` §3)."""
    rules = rules_of(handoff, pack)
    receiver = receivers_deadline(handoff, rules)
    move, told_at = command.move, command.happened_at
    match move:
        case Move.SEND | Move.ASK_AGAIN:
            start_search_deadlines(handoff, deadlines, pack)
        case Move.CONTEST:
            surviving = await _void_conditions(handoff, move.value, uow)
            await deadlines.stop(move.value, spare=surviving)
            start_search_deadlines(handoff, deadlines, pack)
        case Move.RECEIVE:
            await deadlines.stop(move.value, {DeadlineKind.RECEIVED_BY}, happened_at=told_at)
        case Move.ACCEPT_CONDITIONALLY:
            await deadlines.stop(move.value, SEARCH_DEADLINES, happened_at=told_at)
            await _promise_conditions(handoff, command.conditions, deadlines, rules, uow)
        case Move.ACCEPT | Move.FIRM_UP:
            await deadlines.stop(move.value, SEARCH_DEADLINES, happened_at=told_at)
            if handoff.purpose in MOVES_A_PERSON:
                deadlines.start(replace(receiver, kind=DeadlineKind.ARRIVE_BY, within=rules.arrive_within))
            else:
                deadlines.start(receiver)
        case Move.UNDO:
            surviving = await _void_conditions(handoff, move.value, uow)
            await deadlines.stop(move.value, set(DeadlineKind) - set(SEARCH_DEADLINES), spare=surviving)
            deadlines.go_on(move.value, {DeadlineKind.ANSWER_BY})
        case Move.ARRIVE | Move.START | Move.REOPEN:
            await deadlines.stop(move.value, {DeadlineKind.ARRIVE_BY, DeadlineKind.READ_BY}, happened_at=told_at)
            if not deadlines.is_running(DeadlineKind.STATUS_BY):
                deadlines.start(receiver)
        case Move.COMPLETE | Move.FAIL:
            surviving = await _void_conditions(handoff, move.value, uow)
            await deadlines.stop(move.value, spare=surviving, happened_at=told_at)
            deadlines.start(senders_deadline(DeadlineKind.READ_BY, rules.read_within, handoff, rules, pack))
        case Move.HOLD:
            deadlines.pause(command.reason_code or move.value)
        case Move.RESUME:
            is_asked = deadlines.is_paused(DeadlineKind.REPLY_BY)
            kinds = set(DeadlineKind) - {DeadlineKind.ANSWER_BY, DeadlineKind.RECEIVED_BY} if is_asked else None
            deadlines.resume(command.reason_code or move.value, kinds)
        case Move.ASK_CANCEL:
            pass
        case _:
            surviving = await _void_conditions(handoff, command.reason_code or move.value, uow)
            await deadlines.stop(command.reason_code or move.value, spare=surviving, happened_at=told_at)
            deadlines.resume(move.value, {DeadlineKind.PROMISE_BY})
    if command.spoken is not None:
        confirm = replace(receiver, kind=DeadlineKind.CONFIRM_BY, within=rules.confirm_within, in_working_time=True)
        deadlines.start(confirm)
    elif speaks_for_itself(handoff, uow):
        await deadlines.stop(move.value, {DeadlineKind.CONFIRM_BY})


def start_search_deadlines(handoff: Handoff, deadlines: Deadlines, pack: CaseworkPack) -> datetime:
    """Both from the request on, so that a desk that looks at nothing cannot freeze the second; answers the second's."""
    rules = rules_of(handoff, pack)
    answer = StartDeadline(
        DeadlineKind.ANSWER_BY,
        handoff.to_agency,
        handoff.to_agency,
        handoff.to_desk,
        rules.answer_within,
        rules.escalation_policy,
        in_working_time=not rules.emergency,
        is_emergency=rules.emergency,
    )
    answer_by = deadlines.start(answer).due_at
    if rules.receive_within is not None:
        within, escalation_policy = rules.receive_within, rules.receipt_escalation_policy
        deadlines.start(
            replace(answer, kind=DeadlineKind.RECEIVED_BY, within=within, escalation_policy=escalation_policy)
        )
    return answer_by


async def _void_conditions(handoff: Handoff, reason_code: str, uow: UnitOfWork) -> list[int]:
    """End the conditions of an answer that is gone; the numbers of those about the case, whose deadlines go on."""
    await void_conditions(handoff.id, reason_code, uow)
    return [condition.number for condition in await conditions_repository.open_of_handoff(uow, handoff.id)]


async def _promise_conditions(
    handoff: Handoff, conditions: Sequence[OfferedCondition], deadlines: Deadlines, rules: SlaRule, uow: UnitOfWork
) -> None:
    now = await uow.now()
    wanted = []
    for offered in conditions:
        if not now < offered.due_at <= now + domain.FORESEEABLE:
            raise domain.ConditionIsPast(code=offered.code)
        owner = handoff.from_agency if offered.is_senders else handoff.to_agency
        wanted.append(MakeCondition(offered.code, owner, offered.due_at, offered.about))
    for condition in await make_conditions(wanted, handoff, handoff.about_id, handoff.to_agency, uow):
        deadlines.start(
            StartDeadline(
                DeadlineKind.PROMISE_BY,
                condition.owner,
                condition.owner,
                "",
                timedelta(0),
                rules.escalation_policy,
                in_working_time=False,
                occurrence=condition.number,
                until=condition.due_at,
            )
        )


def speaks_for_itself(handoff: Handoff, uow: UnitOfWork) -> bool:
    """Whether the agency for which an officer wrote something down now moves the hand-off itself."""
    return handoff.spoken_for and not uow.principal.is_system and uow.principal.agency == handoff.to_agency
