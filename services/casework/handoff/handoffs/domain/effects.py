"""What each move does beside the state it leads to (`handoff.md` §3): a table, one row per move, read left to right."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from services.casework.handoff.deadlines.domain import DeadlineKind
from services.casework.handoff.handoffs.domain.states import Move

D, M = DeadlineKind, Move

SEARCH = frozenset({D.RECEIVED_BY, D.ANSWER_BY, D.REPLY_BY})
"""Deadlines of somebody who was asked and has not answered."""
EVERY = frozenset(DeadlineKind)


class Stamp(StrEnum):
    """What a move writes into a column."""

    NOW = "now"
    HAPPENED = "happened"
    """When it happened, which may lie before now; else now."""
    FIRST = "first"
    """What stood there, else when it happened."""
    CLEARED = "cleared"
    NO = "no"


class Begins(StrEnum):
    """Which promises of time begin."""

    SEARCH = "search"
    """Receipt and answer, of whoever is asked."""
    WORK = "work"
    """Arrival where the purpose moves a person, else news of the work."""
    NEWS = "news"
    """News of the work, unless somebody owes them already."""
    READING = "reading"
    """The sender reads the result."""
    CONDITIONS = "conditions"
    """Each condition of a «yes, if …»."""


class Pause(StrEnum):
    """What becomes of the deadlines that are not stopped."""

    HOLD = "hold"
    """They stand still and keep what is left."""
    RESUME = "resume"
    """They go on with what was left; an unanswered question keeps its own pause."""
    UNDO = "undo"
    """The answer's deadline runs on as if it had never stopped."""
    CONDITIONS = "conditions"
    """What was promised about the case itself outlives the hand-off and goes on."""


@dataclass(frozen=True, slots=True)
class Effect:
    """Columns that are written, whether the answer's conditions are void, which deadlines stop, pause and begin.

    ``stops_late``: a stop counts from when it happened, so that what was done in time and told late is no breach.
    ``asks``: the receiver is asked (anew), with a disclosure and its desk's duty telephones.
    """

    columns: Mapping[str, Stamp] = field(default_factory=dict)
    voids_conditions: bool = False
    stops: frozenset[DeadlineKind] = frozenset()
    stops_late: bool = True
    pause: Pause | None = None
    begins: Begins | None = None
    asks: bool = False


_ASKED_ANEW = {
    "requested_at": Stamp.HAPPENED,
    "received_at": Stamp.CLEARED,
    "answered_at": Stamp.CLEARED,
    "ended_at": Stamp.CLEARED,
    "reason_code": Stamp.CLEARED,
    "is_reserve": Stamp.NO,
}
_ANSWERED = {"received_at": Stamp.FIRST, "answered_at": Stamp.HAPPENED}
_OVER = Effect(voids_conditions=True, stops=EVERY, pause=Pause.CONDITIONS)
_WORK_BEGINS = frozenset({D.ARRIVE_BY, D.READ_BY})

EFFECTS: dict[Move, Effect] = {
    M.SEND: Effect(_ASKED_ANEW, begins=Begins.SEARCH, asks=True),
    M.ASK_AGAIN: Effect(_ASKED_ANEW, begins=Begins.SEARCH, asks=True),
    M.CONTEST: Effect(_ASKED_ANEW, voids_conditions=True, stops=EVERY, stops_late=False, begins=Begins.SEARCH),
    M.RECEIVE: Effect({"received_at": Stamp.FIRST}, stops=frozenset({D.RECEIVED_BY})),
    M.ACCEPT: Effect(_ANSWERED, stops=SEARCH, begins=Begins.WORK),
    M.ACCEPT_CONDITIONALLY: Effect(_ANSWERED, stops=SEARCH, begins=Begins.CONDITIONS),
    M.FIRM_UP: Effect(stops=SEARCH, begins=Begins.WORK),
    M.UNDO: Effect(voids_conditions=True, stops=EVERY - SEARCH, stops_late=False, pause=Pause.UNDO),
    M.ARRIVE: Effect({"arrived_at": Stamp.HAPPENED}, stops=_WORK_BEGINS, begins=Begins.NEWS),
    M.START: Effect(stops=_WORK_BEGINS, begins=Begins.NEWS),
    M.REOPEN: Effect({"ended_at": Stamp.CLEARED, "reason_code": Stamp.CLEARED}, stops=_WORK_BEGINS, begins=Begins.NEWS),
    M.COMPLETE: Effect(voids_conditions=True, stops=EVERY, begins=Begins.READING),
    M.FAIL: Effect(voids_conditions=True, stops=EVERY, begins=Begins.READING),
    M.HOLD: Effect(pause=Pause.HOLD),
    M.RESUME: Effect(pause=Pause.RESUME),
    M.ASK_CANCEL: Effect({"cancel_asked_at": Stamp.NOW}),
    M.REJECT: Effect(_ANSWERED, voids_conditions=True, stops=EVERY, pause=Pause.CONDITIONS),
    M.CANCEL: _OVER,
    M.CONFIRM_CANCEL: _OVER,
    M.ENTER_IN_ERROR: _OVER,
    M.EXPIRE: _OVER,
    M.SUPERSEDE: _OVER,
    M.CLOSE: _OVER,
}
