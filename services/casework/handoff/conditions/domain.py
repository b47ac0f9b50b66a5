"""The conditions of a «yes, if …»: each has an owner and a clock, and decides about the yes. Pure functions."""

from collections.abc import Collection
from enum import StrEnum

from services.chassis.errors import Conflict, Forbidden


class PromiseState(StrEnum):
    """What became of a condition of a «yes, if …»."""

    OPEN = "open"
    MET = "met"
    WAIVED = "waived"
    BROKEN = "broken"
    VOID = "void"


class PromiseAbout(StrEnum):
    """Whether a condition outlives the candidate who made it: an active insurance does, a bed on Monday does not."""

    CASE = "CASE"
    CANDIDATE = "CANDIDATE"


MOVES: dict[tuple[PromiseState, str], PromiseState] = {
    (PromiseState.OPEN, "meet"): PromiseState.MET,
    (PromiseState.OPEN, "waive"): PromiseState.WAIVED,
    (PromiseState.OPEN, "break"): PromiseState.BROKEN,
    (PromiseState.OPEN, "void"): PromiseState.VOID,
}


class PromiseIsDecided(Conflict):
    """Met, waived, broken or void already."""

    text = "Syarat ini sudah diputuskan."


class PromiseIsNotYours(Forbidden):
    """Only its owner says that it is met or broken, only the agency that made it a condition waives it."""

    text = "Syarat ini bukan milik instansi Anda."
    advice = "Pemilik syarat menyatakan terpenuhi atau batal; penerima dapat melepaskan syaratnya."


def next_state(state: str, move: str) -> PromiseState:
    """Raises ``PromiseIsDecided``."""
    target = MOVES.get((PromiseState(state), move))
    if target is None:
        raise PromiseIsDecided((), state=state)
    return target


class Verdict(StrEnum):
    """What the conditions of a conditional yes mean for it."""

    FIRM = "firm"
    BROKEN = "broken"
    WAITING = "waiting"


def verdict_on(states: Collection[str]) -> Verdict:
    """Firm when every condition is met or waived, broken with the first that is broken, else waiting."""
    if PromiseState.BROKEN in states:
        return Verdict.BROKEN
    return Verdict.WAITING if PromiseState.OPEN in states else Verdict.FIRM
