"""The states of a hand-off, the moves between them and who makes them, as tables."""

from enum import StrEnum


class HandoffState(StrEnum):
    """Where a hand-off stands (`handoff.md` §2)."""

    DRAFT = "draft"
    REQUESTED = "requested"
    RECEIVED = "received"
    CONDITIONAL = "conditional"
    ACCEPTED = "accepted"
    ON_HOLD = "on-hold"
    ARRIVED = "arrived"
    IN_PROGRESS = "in-progress"
    COMPLETED = "completed"
    FAILED = "failed"
    CLOSED = "closed"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    ENTERED_IN_ERROR = "entered-in-error"


class Move(StrEnum):
    """What somebody does with a hand-off."""

    SEND = "send"
    RECEIVE = "receive"
    ACCEPT = "accept"
    ACCEPT_CONDITIONALLY = "accept-conditionally"
    FIRM_UP = "firm-up"
    REJECT = "reject"
    ARRIVE = "arrive"
    START = "start"
    COMPLETE = "complete"
    FAIL = "fail"
    REOPEN = "reopen"
    CLOSE = "close"
    HOLD = "hold"
    RESUME = "resume"
    CONTEST = "contest"
    UNDO = "undo"
    CANCEL = "cancel"
    ASK_CANCEL = "ask-cancel"
    CONFIRM_CANCEL = "confirm-cancel"
    ENTER_IN_ERROR = "enter-in-error"
    EXPIRE = "expire"
    SUPERSEDE = "supersede"
    ASK_AGAIN = "ask-again"


class Side(StrEnum):
    """Who makes a move; the officer is the district office looking after a promise that is not its own."""

    RECEIVER = "receiver"
    SENDER = "sender"
    OFFICER = "officer"
    SYSTEM = "system"


S, M = HandoffState, Move

UNANSWERED = frozenset({S.REQUESTED, S.RECEIVED})
UNDECIDED = UNANSWERED | {S.CONDITIONAL}
"""Nobody has given a firm yes yet: the sender keeps everything."""
PROMISED = frozenset({S.ACCEPTED, S.ARRIVED, S.IN_PROGRESS})
"""States in which the receiver owes the work; in every other the sender does. Held, it stays with whoever had it."""
HOLDABLE = UNDECIDED | PROMISED
UNDOABLE = frozenset({S.CONDITIONAL, S.ACCEPTED})
ANSWERED_YES = frozenset({M.ACCEPT, M.ACCEPT_CONDITIONALLY})
ASKED = frozenset({"request", M.SEND})
ENDED_WORK = frozenset({S.COMPLETED, S.FAILED})
OPEN = HOLDABLE | ENDED_WORK | {S.DRAFT, S.ON_HOLD}
ENDED = frozenset(S) - OPEN
STARTED = frozenset({S.ARRIVED, S.IN_PROGRESS})
"""The person or the work is with the receiver."""

MOVES: dict[tuple[HandoffState, Move], frozenset[HandoffState]] = {
    key: frozenset({target})
    for key, target in {
        (S.DRAFT, M.SEND): S.REQUESTED,
        (S.DRAFT, M.CANCEL): S.CANCELLED,
        (S.DRAFT, M.ENTER_IN_ERROR): S.ENTERED_IN_ERROR,
        (S.REQUESTED, M.RECEIVE): S.RECEIVED,
        (S.REQUESTED, M.ENTER_IN_ERROR): S.ENTERED_IN_ERROR,
        **{(state, M.ACCEPT): S.ACCEPTED for state in UNANSWERED},
        **{(state, M.ACCEPT_CONDITIONALLY): S.CONDITIONAL for state in UNANSWERED},
        **{(state, M.REJECT): S.REJECTED for state in UNDECIDED},
        **{(state, M.CANCEL): S.CANCELLED for state in UNDECIDED},
        **{(state, M.SUPERSEDE): S.SUPERSEDED for state in UNDECIDED | {S.ON_HOLD}},
        **{(state, M.EXPIRE): S.EXPIRED for state in UNDECIDED | {S.DRAFT, S.ON_HOLD, S.ACCEPTED}},
        **{(state, M.HOLD): S.ON_HOLD for state in HOLDABLE},
        **{(state, M.CONTEST): S.REQUESTED for state in (S.CONDITIONAL, S.ACCEPTED, S.REJECTED)},
        **{(state, M.UNDO): S.RECEIVED for state in (S.CONDITIONAL, S.ACCEPTED)},
        (S.CONDITIONAL, M.FIRM_UP): S.ACCEPTED,
        (S.ACCEPTED, M.ARRIVE): S.ARRIVED,
        (S.ACCEPTED, M.START): S.IN_PROGRESS,
        (S.ARRIVED, M.START): S.IN_PROGRESS,
        **{(state, M.FAIL): S.FAILED for state in PROMISED},
        **{(state, M.ASK_CANCEL): state for state in (S.ACCEPTED, S.IN_PROGRESS)},
        **{(state, M.CONFIRM_CANCEL): S.CANCELLED for state in (S.ACCEPTED, S.IN_PROGRESS)},
        (S.IN_PROGRESS, M.COMPLETE): S.COMPLETED,
        (S.FAILED, M.REOPEN): S.IN_PROGRESS,
        **{(state, M.CLOSE): S.CLOSED for state in ENDED_WORK},
        **{(state, M.ASK_AGAIN): S.REQUESTED for state in (S.SUPERSEDED, S.EXPIRED)},
    }.items()
} | {(S.ON_HOLD, M.RESUME): HOLDABLE}
"""Where each move leads; a resumed hand-off goes back to where it was held."""

SIDES: dict[Move, frozenset[Side]] = {
    **dict.fromkeys(
        (
            M.RECEIVE, M.ACCEPT, M.ACCEPT_CONDITIONALLY, M.REJECT, M.ARRIVE, M.START, M.COMPLETE, M.FAIL, M.REOPEN,
            M.CONTEST, M.UNDO, M.CONFIRM_CANCEL,
        ),
        frozenset({Side.RECEIVER}),
    ),
    **dict.fromkeys((M.SEND, M.CLOSE, M.CANCEL, M.ASK_CANCEL, M.ENTER_IN_ERROR), frozenset({Side.SENDER})),
    **dict.fromkeys((M.HOLD, M.RESUME), frozenset({Side.SENDER, Side.OFFICER})),
    **dict.fromkeys((M.FIRM_UP, M.EXPIRE, M.SUPERSEDE, M.ASK_AGAIN), frozenset({Side.SYSTEM})),
}  # fmt: skip

SPEAKABLE = frozenset(
    {M.RECEIVE, M.ACCEPT, M.ACCEPT_CONDITIONALLY, M.REJECT, M.START, M.COMPLETE, M.FAIL}
)  # fmt: skip
"""What an officer may record for an agency that said it by phone; never that a person changed hands."""

FHIR: dict[HandoffState, str] = {
    S.DRAFT: "draft",
    S.REQUESTED: "requested",
    S.RECEIVED: "received",
    S.CONDITIONAL: "received",
    S.ACCEPTED: "accepted",
    S.ON_HOLD: "on-hold",
    S.ARRIVED: "accepted",
    S.IN_PROGRESS: "in-progress",
    S.COMPLETED: "completed",
    S.FAILED: "failed",
    S.CLOSED: "completed",
    S.REJECTED: "rejected",
    S.CANCELLED: "cancelled",
    S.EXPIRED: "cancelled",
    S.SUPERSEDED: "cancelled",
    S.ENTERED_IN_ERROR: "entered-in-error",
}
BUSINESS: dict[HandoffState, str] = {
    S.CONDITIONAL: "conditional",
    S.ARRIVED: "arrived",
    S.CLOSED: "read",
    S.EXPIRED: "expired",
    S.SUPERSEDED: "superseded",
}
"""FHIR R5 Task.businessStatus, where Task.status does not tell the states apart."""


def fhir_status(state: str, has_failed: bool = False) -> str:
    """FHIR R5 Task.status; what was read after a failure stays failed."""
    if state == S.CLOSED and has_failed:
        return "failed"
    return FHIR[HandoffState(state)]


class HandoffDisposition(StrEnum):
    """What an event that changed reality does to an open hand-off (`handoff.md` §4)."""

    EXPIRE = "EXPIRE"
    FAIL = "FAIL"
    ASK_TO_RELEASE = "ASK_TO_RELEASE"


class GroupOutcome(StrEnum):
    """How a request to one or several candidates ended, as the asking procedure learns it."""

    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    EXHAUSTED = "EXHAUSTED"
    CANCELLED = "CANCELLED"


TO_COMPLETION: dict[HandoffState, tuple[Move, ...]] = {
    **dict.fromkeys(UNANSWERED, (M.ACCEPT, M.START, M.COMPLETE)),
    S.CONDITIONAL: (M.FIRM_UP, M.START, M.COMPLETE),
    S.ACCEPTED: (M.START, M.COMPLETE),
    S.IN_PROGRESS: (M.COMPLETE,),
}
"""How a registry's answer carries its hand-off to the end; it moves nobody, so that there is no arrival."""

SEARCH_GOES_ON = frozenset({"FULL", "NO_STAFF", "NOT_OUR_DUTY"})
"""Reasons of a firm yes taken back before the person came, after which the next one is asked."""
