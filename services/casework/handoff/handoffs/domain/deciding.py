"""What may be done now: moves and words legal for a side, where a move leads, and who owes the work."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from services.casework.handoff.deadlines.domain import EmergencyCannotPause
from services.casework.handoff.disclosures.domain import MOVES_A_PERSON
from services.casework.handoff.handoffs.domain.refusals import (
    CancellationWasNotAsked,
    GroupIsWon,
    HandoffCannotMove,
    HappensLater,
    HappensTooEarly,
    NobodySpokeForThem,
    PersonHasNotArrived,
    PersonIsThere,
    SearchWentOn,
    TooLateToUndo,
)
from services.casework.handoff.handoffs.domain.states import (
    ANSWERED_YES,
    ASKED,
    MOVES,
    PROMISED,
    SEARCH_GOES_ON,
    SIDES,
    UNANSWERED,
    HandoffState,
    M,
    Move,
    S,
    Side,
)
from services.chassis.errors import Conflict

CLOCKS_MAY_DIFFER = timedelta(minutes=5)
"""By how much a caller's deadline may run ahead of ours."""
BEFORE_IT_WAS_ASKED = timedelta(days=31)
"""Action comes before paper in emergencies, but no month before; an earlier date is a slip of the pen."""
FORESEEABLE = timedelta(days=5 * 366)
"""A stay in a panti may last years; what is promised for later than this is a slip of the pen."""
UNDO_WITHIN = timedelta(minutes=10)
"""How long a mis-click can be undone while nobody has acted on it (`handoff.md` §2)."""


def check_happened_at(happened_at: datetime | None, asked_at: datetime, now: datetime) -> None:
    """Raises ``HappensLater``, ``HappensTooEarly`` for an instant that can only be a slip of the pen."""
    if happened_at is not None and happened_at > now + CLOCKS_MAY_DIFFER:
        raise HappensLater
    if happened_at is not None and happened_at < asked_at - BEFORE_IT_WAS_ASKED:
        raise HappensTooEarly


def legal_moves(state: str, side: Side) -> tuple[str, ...]:
    """What a side may do now by the state alone."""
    return tuple(move.value for move in Move if (state, move) in MOVES and side in SIDES[move])


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What beside the state decides whether a move is legal now."""

    spoken_for: bool = False
    cancel_asked: bool = False
    person_is_there: bool = False
    answer_may_be_undone: bool = False
    request_may_be_undone: bool = False
    won_by_other: bool = False
    must_arrive: bool = False
    search_went_on: bool = False
    is_emergency: bool = False
    question_is_open: bool = False
    is_reserve: bool = False
    is_promised: bool = False


class Act(StrEnum):
    """What a party can say without moving the hand-off."""

    ASK = "ask"
    REPLY = "reply"
    REPORT = "report"
    RESERVE = "reserve"
    CONFIRM = "confirm"
    RESEND = "resend"
    REDIRECT = "redirect"
    WITHDRAW = "withdraw"


RESCUERS = frozenset({Side.SENDER, Side.OFFICER})
"""Who may do something about a hand-off that is stuck."""


def acts_now(state: str, side: Side, now: Circumstances, held_state: str | None = None) -> tuple[Act, ...]:
    """What a side can say now beside the moves.

    After a firm yes nobody withdraws or redirects without the receiver's consent (`handoff.md` §2).
    """
    may_give_up = side in RESCUERS and not now.is_promised and giving_up(state, held_state) is not None
    mine = {
        Act.ASK: side == Side.RECEIVER and state in UNANSWERED and not now.question_is_open and not now.is_emergency,
        Act.REPLY: side == Side.SENDER and now.question_is_open,
        Act.REPORT: side == Side.RECEIVER and state in PROMISED,
        Act.RESERVE: side == Side.RECEIVER and state == S.SUPERSEDED and not now.is_reserve,
        Act.CONFIRM: side == Side.RECEIVER and now.spoken_for,
        Act.RESEND: side in RESCUERS and state in UNANSWERED,
        Act.REDIRECT: may_give_up,
        Act.WITHDRAW: may_give_up,
    }
    return tuple(act for act, is_legal in mine.items() if is_legal)


@dataclass(frozen=True, slots=True)
class Beside:
    """What the rows beside a hand-off's own tell: who won, who heard of it, which deadlines run."""

    won_by: str | None = None
    others_were_told: bool = False
    is_emergency: bool = False
    question_is_open: bool = False


class Standing(Protocol):
    """What of a hand-off's row the rules look at."""

    to_agency: str
    purpose: str
    state: str
    held_state: str | None
    reason_code: str | None
    is_reserve: bool
    spoken_for: bool
    cancel_asked_at: datetime | None
    arrived_at: datetime | None
    claimed_by: str | None
    last_move: str
    last_moved_by: str
    last_moved_at: datetime | None


def circumstances(handoff: Standing, beside: Beside, actor: str, now: datetime) -> Circumstances:
    """What beside the state decides about a move or a word of somebody (``actor``) now."""
    is_fresh = handoff.last_moved_at is not None and now - handoff.last_moved_at <= UNDO_WITHIN
    is_mine = is_fresh and handoff.last_moved_by == actor
    moves_a_person = handoff.purpose in MOVES_A_PERSON
    return Circumstances(
        spoken_for=handoff.spoken_for,
        cancel_asked=handoff.cancel_asked_at is not None,
        person_is_there=handoff.arrived_at is not None and moves_a_person,
        answer_may_be_undone=is_mine and handoff.last_move in ANSWERED_YES and not beside.others_were_told,
        request_may_be_undone=is_mine and handoff.last_move in ASKED and handoff.claimed_by is None,
        won_by_other=beside.won_by not in (None, handoff.to_agency),
        must_arrive=moves_a_person and handoff.arrived_at is None,
        search_went_on=handoff.arrived_at is None and (moves_a_person or handoff.reason_code in SEARCH_GOES_ON),
        is_emergency=beside.is_emergency,
        question_is_open=beside.question_is_open,
        is_reserve=handoff.is_reserve,
        is_promised=is_firm(handoff.state, handoff.held_state),
    )


def refusal(move: Move, now: Circumstances) -> type[Conflict] | None:
    """Why a move that the state allows is not legal all the same."""
    match move:
        case Move.CONTEST if not now.spoken_for:
            return NobodySpokeForThem
        case Move.UNDO if not now.answer_may_be_undone:
            return TooLateToUndo
        case Move.ENTER_IN_ERROR if not now.request_may_be_undone:
            return TooLateToUndo
        case Move.CONFIRM_CANCEL if not now.cancel_asked:
            return CancellationWasNotAsked
        case Move.START if now.must_arrive:
            return PersonHasNotArrived
        case Move.HOLD if now.is_emergency:
            return EmergencyCannotPause
        case Move.ASK_CANCEL | Move.CONFIRM_CANCEL if now.person_is_there:
            return PersonIsThere
        case Move.ACCEPT | Move.ACCEPT_CONDITIONALLY | Move.CONTEST | Move.REOPEN if now.won_by_other:
            return GroupIsWon
        case Move.REOPEN if now.search_went_on:
            return SearchWentOn
        case _:
            return None


def legal_now(state: str, side: Side, now: Circumstances) -> tuple[str, ...]:
    """What a side may do now, circumstances included."""
    return tuple(move for move in legal_moves(state, side) if refusal(Move(move), now) is None)


def next_state(
    state: str, move: Move, side: Side, held_state: str | None = None, now: Circumstances | None = None
) -> HandoffState:
    """The state after a move; ``held_state``: where it was when it was put on hold.

    Raises ``HandoffCannotMove`` naming this side's legal moves under the circumstances.
    """
    targets = MOVES.get((HandoffState(state), move))
    if targets is None:
        raise HandoffCannotMove(legal_now(state, side, now or Circumstances()), state=state)
    if len(targets) == 1:
        return next(iter(targets))
    return HandoffState(held_state or "")


def expires(state: str, held_state: str | None = None) -> bool:
    """Whether a hand-off whose purpose is gone ends by itself: not when the work has begun."""
    where = held_state if state == S.ON_HOLD and held_state else state
    return (HandoffState(where), Move.EXPIRE) in MOVES


def giving_up(state: str, held_state: str | None = None) -> Move | None:
    """The move by which a hand-off ends without a word of its receiver; none when its work has ended."""
    where = HandoffState(held_state if state == S.ON_HOLD and held_state else state)
    return next((move for move in (M.EXPIRE, M.FAIL) if (where, move) in MOVES), None)


def is_firm(state: str, held_state: str | None = None) -> bool:
    """Whether the receiver owes the work: after a firm yes, until an end state, also while it is on hold."""
    return (held_state if state == S.ON_HOLD else state) in PROMISED


def promise_holder(state: str, from_agency: str, to_agency: str, held_state: str | None = None) -> str:
    """The one agency that owes this piece of work now."""
    return to_agency if is_firm(state, held_state) else from_agency
