"""A message: states, moves, its one id. Pure functions."""

import re
from datetime import timedelta
from enum import StrEnum
from uuid import UUID, uuid5

from services.chassis.errors import Conflict
from services.notifications.subscribers.domain import SubscriberKind
from services.notifications.templates.domain import Recipient

MESSAGES = UUID("6f0c2a4e-3d7b-5a51-9c1e-7b1f2b7c1d10")
"""Namespace of message ids: fact, recipient and text make one message for ever."""

MANY = 30
"""Doublings after which any wait is the longest."""

FRESH = timedelta(seconds=10)
"""A fact heard later than so long after it was recorded may be heard again, on what a backup knows: its message is
handed over as on a second try."""


class MessageState(StrEnum):
    """Where a message stands."""

    PENDING = "pending"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    SKIPPED = "skipped"


class Move(StrEnum):
    """What happens to a message."""

    ADDRESS = "address"
    SKIP = "skip"
    SEND = "send"
    DELIVER = "deliver"
    FAIL = "fail"


S, M = MessageState, Move
OPEN = frozenset({S.PENDING, S.SENT})
"""Not ended: to be sent, or not reported on."""

MOVES: dict[tuple[MessageState, Move], MessageState] = {
    (S.PENDING, M.ADDRESS): S.PENDING,
    (S.PENDING, M.SKIP): S.SKIPPED,
    (S.PENDING, M.SEND): S.SENT,
    (S.PENDING, M.FAIL): S.FAILED,
    (S.SENT, M.DELIVER): S.DELIVERED,
    (S.SENT, M.FAIL): S.FAILED,
}


class Reason(StrEnum):
    """Why a message was not sent or not delivered."""

    TOLD_TOO_LATE = "TOLD_TOO_LATE"
    NOBODY_SUBSCRIBED = "NOBODY_SUBSCRIBED"
    OPTED_OUT = "OPTED_OUT"
    TEXT_IS_GONE = "TEXT_IS_GONE"
    NOT_DELIVERED = "NOT_DELIVERED"
    NO_DELIVERY_REPORT = "NO_DELIVERY_REPORT"
    RECIPIENT_GONE = "RECIPIENT_GONE"
    PIN_UNREADABLE = "PIN_UNREADABLE"


class MessageCannotMove(Conflict):
    """The message's state does not allow this."""

    text = "Pemberitahuan ini tidak dapat diubah dengan cara itu pada keadaan sekarang."


def next_state(state: str, move: Move) -> MessageState:
    """The state after a move. Raises ``MessageCannotMove`` naming the moves that are legal now."""
    target = MOVES.get((MessageState(state), move))
    if target is None:
        raise MessageCannotMove(legal_moves(state), state=state)
    return target


def legal_moves(state: str) -> tuple[str, ...]:
    """What may happen to a message now."""
    return tuple(move.value for (source, move) in MOVES if source == state)


def patience(first: timedelta, longest: timedelta, waited: int) -> timedelta:
    """How long to wait after having waited so often: twice as long each time, up to the longest."""
    return min(first * (1 << max(0, min(waited, MANY))), longest)


def message_id(cause_fact_id: UUID, recipient: Recipient, template: str, duty_phone: str = "") -> UUID:
    """The one id of the message that tells a fact to a recipient with a text, under a duty telephone or the desk's."""
    told = f"{recipient.value}/{duty_phone}" if duty_phone else recipient.value
    return uuid5(MESSAGES, f"{cause_fact_id}:{told}:{template}")


def kind_of(recipient: Recipient) -> SubscriberKind:
    """Which number a recipient has."""
    match recipient:
        case Recipient.VILLAGE:
            return SubscriberKind.PLACE
        case Recipient.SENDER_HEAD | Recipient.RECEIVER_HEAD:
            return SubscriberKind.HEAD
        case Recipient.SECRETARIAT:
            return SubscriberKind.SECRETARIAT
        case Recipient.INSPECTORATE:
            return SubscriberKind.INSPECTORATE
        case _:
            return SubscriberKind.DESK


_CASE_TYPE = re.compile(r"^[A-Za-z]+[/ -]")


def spoken_number(case_number: str) -> str:
    """A case's number without the letters of its case type: these tell why the person is cared for."""
    return _CASE_TYPE.sub("", case_number)
