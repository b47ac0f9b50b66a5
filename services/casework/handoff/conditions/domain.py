"""The conditions of a «yes, if …»: each has an owner and a deadline, and decides about the yes. Pure functions."""

from collections.abc import Collection
from enum import StrEnum

from services.chassis.errors import Conflict, Forbidden


class ConditionState(StrEnum):
    """What became of a condition of a «yes, if …»."""

    OPEN = "open"
    MET = "met"
    WAIVED = "waived"
    BROKEN = "broken"
    VOID = "void"


class ConditionCode(StrEnum):
    """What must be so, as a closed list."""

    INSURANCE_ACTIVE = "INSURANCE_ACTIVE"
    GUARANTEE_LETTER = "GUARANTEE_LETTER"
    BED_AVAILABLE = "BED_AVAILABLE"
    MEDICINE_SUPPLIED = "MEDICINE_SUPPLIED"
    LETTER_COMPLETE = "LETTER_COMPLETE"
    ESCORT_COMES_ALONG = "ESCORT_COMES_ALONG"


class ConditionAbout(StrEnum):
    """Whether a condition outlives the candidate who made it: an active insurance does, a bed on Monday does not."""

    CASE = "CASE"
    CANDIDATE = "CANDIDATE"


MOVES: dict[tuple[ConditionState, str], ConditionState] = {
    (ConditionState.OPEN, "meet"): ConditionState.MET,
    (ConditionState.OPEN, "waive"): ConditionState.WAIVED,
    (ConditionState.OPEN, "break"): ConditionState.BROKEN,
    (ConditionState.OPEN, "void"): ConditionState.VOID,
    (ConditionState.VOID, "bring-back"): ConditionState.OPEN,
}

STANDING = frozenset({ConditionState.OPEN, ConditionState.MET, ConditionState.WAIVED})
"""What a hand-off needs no second time: it is waited for, or was seen to."""


class ConditionIsDecided(Conflict):
    """Met, waived, broken or void already."""

    text = "Syarat ini sudah diputuskan."


class ConditionIsNotYours(Forbidden):
    """Only its owner says that it is met or broken, only the agency that made it a condition waives it."""

    text = "Syarat ini bukan milik instansi Anda."
    advice = "Pemilik syarat menyatakan terpenuhi atau batal; penerima dapat melepaskan syaratnya."


def next_state(state: str, move: str) -> ConditionState:
    """Raises ``ConditionIsDecided``."""
    target = MOVES.get((ConditionState(state), move))
    if target is None:
        raise ConditionIsDecided((), state=state)
    return target


class Verdict(StrEnum):
    """What the conditions of a conditional yes mean for it."""

    FIRM = "firm"
    BROKEN = "broken"
    WAITING = "waiting"


def verdict_on(states: Collection[str]) -> Verdict:
    """Firm when every condition is met or waived, broken with the first that is broken, else waiting."""
    if ConditionState.BROKEN in states:
        return Verdict.BROKEN
    return Verdict.WAITING if ConditionState.OPEN in states else Verdict.FIRM
