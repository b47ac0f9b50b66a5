"""What becomes of each open hand-off of an agency that closes. Pure functions."""

from enum import StrEnum

from services.casework.handoff.handoffs.domain import ENDED_WORK, UNANSWERED, giving_up
from services.chassis.errors import Conflict, Invalid

BATCH_ROWS = 50
"""So many hand-offs change in one transaction."""


class ClosureReason(StrEnum):
    """Why an agency takes no hand-offs."""

    AGENCY_CLOSED = "AGENCY_CLOSED"
    AGENCY_MOVED = "AGENCY_MOVED"
    SYSTEM_DOWN = "SYSTEM_DOWN"


class Disposition(StrEnum):
    """What the office wants for the hand-offs of an agency."""

    RESEND = "RESEND"
    REDIRECT = "REDIRECT"
    WITHDRAW = "WITHDRAW"


class ItemDisposition(StrEnum):
    """What would become of one hand-off."""

    RESEND = "RESEND"
    REDIRECT = "REDIRECT"
    WITHDRAW = "WITHDRAW"
    PERSON_IS_THERE = "PERSON_IS_THERE"
    RESULT_WAITS = "RESULT_WAITS"
    ALREADY_ANSWERED = "ALREADY_ANSWERED"


LEFT_ALONE = frozenset(
    {ItemDisposition.PERSON_IS_THERE, ItemDisposition.RESULT_WAITS, ItemDisposition.ALREADY_ANSWERED}
)


class ItemState(StrEnum):
    """How far one hand-off of a closure is."""

    WAITING = "waiting"
    DONE = "done"
    LEFT = "left"
    CHANGED = "changed"


class ClosureState(StrEnum):
    """Whether hand-offs of a closure still wait."""

    OPEN = "open"
    DONE = "done"


class RedirectedToItself(Invalid):
    """The agency that closes cannot be the one that takes over."""

    text = "Instansi pengganti sama dengan instansi yang tutup."
    advice = "Pilih instansi lain, atau kosongkan agar calon berikutnya yang diminta."


class ClosureIsDone(Conflict):
    """Nothing of it waits."""

    text = "Semua serah terima pada penutupan ini sudah diurus."


def item_disposition_of(
    disposition: Disposition, state: str, held_state: str | None, *, is_person_there: bool
) -> ItemDisposition:
    """What becomes of a hand-off; whoever has a person in hand keeps them until they are handed on by signature."""
    if is_person_there:
        return ItemDisposition.PERSON_IS_THERE
    if state in ENDED_WORK or giving_up(state, held_state) is None:
        return ItemDisposition.RESULT_WAITS
    if disposition is Disposition.RESEND:
        return ItemDisposition.RESEND if state in UNANSWERED else ItemDisposition.ALREADY_ANSWERED
    return ItemDisposition(disposition.value)
