"""What may be done now: moves and words legal for a side, where a move leads, and who owes the work."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from services.casework.handoff.disclosures.domain import MOVES_A_PERSON
from services.casework.handoff.handoffs.domain.refusals import (
    CancellationWasNotAsked,
    GroupIsWon,
    HandoffCannotMove,
    NobodySpokeForThem,
    PersonIsThere,
    TooLateToUndo,
)
from services.casework.handoff.handoffs.domain.states import (
    ANSWERED_YES,
    ASKED,
    MOVES,
    PROMISED,
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
FORESEEABLE = timedelta(days=5 * 366)
"""A stay in a panti may last years; what is promised for later than this is a slip of the pen."""
UNDO_WITHIN = timedelta(minutes=10)
"""How long a mis-click can be undone while nobody has acted on it (`handoff.md` §2)."""


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


class Act(StrEnum):
    """What a party can say without moving the hand-off."""

    ASK = "ask"
    REPLY = "reply"
    REPORT = "report"
    RESERVE = "reserve"
    CONFIRM = "confirm"


def acts_now(state: str, side: Side, *, spoken_for: bool, is_reserve: bool, question_is_open: bool) -> tuple[Act, ...]:
    """What a side can say now beside the moves."""
    mine = {
        Act.ASK: side == Side.RECEIVER and state in UNANSWERED and not question_is_open,
        Act.REPLY: side == Side.SENDER and question_is_open,
        Act.REPORT: side == Side.RECEIVER and state in PROMISED,
        Act.RESERVE: side == Side.RECEIVER and state == S.SUPERSEDED and not is_reserve,
        Act.CONFIRM: side == Side.RECEIVER and spoken_for,
    }
    return tuple(act for act, is_legal in mine.items() if is_legal)


class Standing(Protocol):
    """What of a hand-off's row the rules look at."""

    to_agency: str
    purpose: str
    spoken_for: bool
    cancel_asked_at: datetime | None
    arrived_at: datetime | None
    claimed_by: str | None
    last_move: str
    last_moved_by: str
    last_moved_at: datetime | None


def circumstances(
    handoff: Standing, won_by: str | None, actor: str, now: datetime, *, others_were_told: bool
) -> Circumstances:
    """What beside the state decides about a move of somebody (``actor``) now."""
    is_fresh = handoff.last_moved_at is not None and now - handoff.last_moved_at <= UNDO_WITHIN
    is_mine = is_fresh and handoff.last_moved_by == actor
    return Circumstances(
        spoken_for=handoff.spoken_for,
        cancel_asked=handoff.cancel_asked_at is not None,
        person_is_there=handoff.arrived_at is not None and handoff.purpose in MOVES_A_PERSON,
        answer_may_be_undone=is_mine and handoff.last_move in ANSWERED_YES and not others_were_told,
        request_may_be_undone=is_mine and handoff.last_move in ASKED and handoff.claimed_by is None,
        won_by_other=won_by not in (None, handoff.to_agency),
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
        case Move.ASK_CANCEL | Move.CONFIRM_CANCEL if now.person_is_there:
            return PersonIsThere
        case Move.ACCEPT | Move.ACCEPT_CONDITIONALLY | Move.CONTEST | Move.REOPEN if now.won_by_other:
            return GroupIsWon
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
