"""One legal move as it happens: the row, its deadlines and conditions, the fact, the feeds and the timer."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, assert_never
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
from services.casework.handoff.handoffs.domain import Begins, Effect, HandoffState, Move, Pause, Side, Stamp
from services.casework.handoff.handoffs.tables import Handoff
from services.casework.office.directory.domain import CaseworkPack, SlaRule
from services.casework.office.matters.domain import AboutKind
from services.casework.office.rosters.queries import phones_on_duty
from services.chassis.database import UnitOfWork


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
    """The row, its deadlines and promises, the fact and the feeds of one legal move, as `EFFECTS` says of it."""
    now, move = await uow.now(), command.move
    effect, was_asked = domain.EFFECTS[move], handoff.state != HandoffState.DRAFT
    changes = _changes(handoff, command, target, effect, now, uow)
    deadlines = await deadlines_of(AboutKind.HANDOFF, handoff, pack, uow)
    await _turn_deadlines(handoff, command, effect, deadlines, pack, uow)
    changes |= note_next_due(handoff, deadlines)
    uow.change(handoff, move.value, happened_at=command.happened_at, reason=command.reason_code, **changes)
    fact = facts.handoff_moved(
        handoff,
        move,
        answer_by=deadlines.due_of(DeadlineKind.ANSWER_BY),
        arrive_by=deadlines.due_of(DeadlineKind.ARRIVE_BY),
        conditions=[condition.code for condition in command.conditions],
        on_duty=await phones_on_duty(handoff.to_agency, handoff.to_desk, pack, uow) if effect.asks else (),
        was_asked=was_asked,
        is_receivers=command.spoken is not None or uow.principal.agency == handoff.to_agency,
    )
    uow.publish(fact, about=handoff, happened_at=command.happened_at)
    if effect.asks:
        await keep_disclosure(handoff, pack, uow)
    tell(handoff, facts.FEED_WORDS.get(move, target.value), command.happened_at or now, uow)


def _changes(
    handoff: Handoff, command: MoveHandoff, target: HandoffState, effect: Effect, now: datetime, uow: UnitOfWork
) -> dict[str, Any]:
    """The columns that a move writes."""
    held_state = handoff.state if command.move == Move.HOLD else None
    happened_at = command.happened_at or now
    stamps = {
        Stamp.NOW: now,
        Stamp.HAPPENED: happened_at,
        Stamp.CLEARED: None,
        Stamp.NO: False,
    }
    changes: dict[str, Any] = {
        "state": target.value,
        "held_state": held_state,
        "promise_holder": domain.promise_holder(target, handoff.from_agency, handoff.to_agency, held_state),
        "last_move": command.move.value,
        "last_moved_by": uow.principal.actor,
        "last_moved_at": now,
    }
    for column, stamp in effect.columns.items():
        changes[column] = (getattr(handoff, column) or happened_at) if stamp is Stamp.FIRST else stamps[stamp]
    if command.spoken is not None or speaks_for_itself(handoff, uow):
        changes["spoken_for"] = command.spoken is not None
    given = {"reason_code": command.reason_code, "result_code": command.result_code, "ba_number": command.ba_number}
    changes |= {name: value for name, value in given.items() if value}
    if target in domain.ENDED_WORK or target not in domain.OPEN:
        changes["ended_at"] = handoff.ended_at or happened_at
    return changes


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
    effect: Effect,
    deadlines: Deadlines,
    pack: CaseworkPack,
    uow: UnitOfWork,
) -> None:
    """Which promises of time end, stand still, go on and begin with a move, in this order.

    What begins counts from when it happened; confirming and reading begin when somebody can, with the record.
    """
    reason, rules = command.reason_code or command.move.value, rules_of(handoff, pack)
    surviving = await _void_conditions(handoff, reason, uow) if effect.voids_conditions else ()
    if effect.stops:
        told_at = command.happened_at if effect.stops_late else None
        await deadlines.stop(reason, effect.stops, spare=surviving, happened_at=told_at)
    if effect.pause is not None:
        _pause_deadlines(effect.pause, reason, deadlines)
    if effect.begins is not None:
        await _begin_deadlines(effect.begins, handoff, command, deadlines, rules, pack, uow)
    if command.spoken is not None:
        await deadlines.stop("SPOKEN_AGAIN", {DeadlineKind.CONFIRM_BY})
        receiver, within = receivers_deadline(handoff, rules), rules.confirm_within
        deadlines.start(replace(receiver, kind=DeadlineKind.CONFIRM_BY, within=within, in_working_time=True))
    elif speaks_for_itself(handoff, uow):
        await deadlines.stop(reason, {DeadlineKind.CONFIRM_BY})


def _pause_deadlines(pause: Pause, reason: str, deadlines: Deadlines) -> None:
    match pause:
        case Pause.HOLD:
            deadlines.pause(reason)
        case Pause.RESUME:
            is_asked = deadlines.is_paused(DeadlineKind.REPLY_BY)
            kinds = set(DeadlineKind) - {DeadlineKind.ANSWER_BY, DeadlineKind.RECEIVED_BY} if is_asked else None
            deadlines.resume(reason, kinds)
        case Pause.UNDO:
            deadlines.go_on(reason, {DeadlineKind.ANSWER_BY})
        case Pause.CONDITIONS:
            deadlines.resume(reason, {DeadlineKind.PROMISE_BY})
        case _:
            assert_never(pause)


async def _begin_deadlines(
    begins: Begins,
    handoff: Handoff,
    command: MoveHandoff,
    deadlines: Deadlines,
    rules: SlaRule,
    pack: CaseworkPack,
    uow: UnitOfWork,
) -> None:
    news = replace(receivers_deadline(handoff, rules), since=command.happened_at)
    match begins:
        case Begins.SEARCH:
            start_search_deadlines(handoff, deadlines, pack, command.happened_at)
        case Begins.WORK if handoff.purpose in MOVES_A_PERSON:
            deadlines.start(replace(news, kind=DeadlineKind.ARRIVE_BY, within=rules.arrive_within))
        case Begins.WORK:
            deadlines.start(news)
        case Begins.NEWS:
            if not deadlines.is_running(DeadlineKind.STATUS_BY):
                deadlines.start(news)
        case Begins.READING:
            deadlines.start(senders_deadline(DeadlineKind.READ_BY, rules.read_within, handoff, rules, pack))
        case Begins.CONDITIONS:
            await _promise_conditions(handoff, command, deadlines, rules, uow)
        case _:
            assert_never(begins)


def start_search_deadlines(
    handoff: Handoff, deadlines: Deadlines, pack: CaseworkPack, asked_at: datetime | None
) -> datetime:
    """Both from the request on, so that a desk that looks at nothing cannot freeze the second; answers the second's.

    ``asked_at``: when it was asked, if that was before its record; time that has passed since then has been used up.
    """
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
        since=asked_at,
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
    handoff: Handoff, command: MoveHandoff, deadlines: Deadlines, rules: SlaRule, uow: UnitOfWork
) -> None:
    now, since = await uow.now(), command.happened_at
    wanted = []
    for offered in command.conditions:
        if not now < offered.due_at <= now + domain.FORESEEABLE:
            raise domain.ConditionIsPast(code=offered.code)
        owner = handoff.from_agency if offered.is_senders else handoff.to_agency
        wanted.append(MakeCondition(offered.code, owner, offered.due_at, offered.about))
    for condition in await make_conditions(
        wanted, handoff, handoff.about_id, handoff.to_agency, deadlines.promises(), uow
    ):
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
                since=since,
            )
        )


def speaks_for_itself(handoff: Handoff, uow: UnitOfWork) -> bool:
    """Whether the agency for which an officer wrote something down now moves the hand-off itself."""
    return handoff.spoken_for and not uow.principal.is_system and uow.principal.agency == handoff.to_agency
