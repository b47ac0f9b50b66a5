"""What is to be done, how it may end, and what a task may become. Pure functions."""

from enum import StrEnum

from services.casework.office.case_types.domain import CASE_TYPES, UNDECIDED
from services.chassis.errors import Conflict, Invalid


class TaskState(StrEnum):
    """Where a task stands."""

    OPEN = "open"
    PAUSED = "paused"
    DONE = "done"
    CANCELLED = "cancelled"


UNFINISHED = frozenset({TaskState.OPEN, TaskState.PAUSED})


class TaskKind(StrEnum):
    """What is to be done in cases of any type; types add kinds of their own (`procedures/<type>/definition.py`)."""

    FIRST_RESPONSE = "FIRST_RESPONSE"
    REROUTE = "REROUTE"
    AFTERCARE_VISIT = "AFTERCARE_VISIT"
    MEDICINE_CONTROL = "MEDICINE_CONTROL"
    STAY_OVER_LIMIT = "STAY_OVER_LIMIT"
    CASE_CONFERENCE = "CASE_CONFERENCE"
    SEARCH_PERSON = "SEARCH_PERSON"
    BURIAL = "BURIAL"
    AID_DECISION = "AID_DECISION"
    PHONE_CALL = "PHONE_CALL"
    IDENTITY_REVIEW = "IDENTITY_REVIEW"


K = TaskKind

RESULTS: dict[TaskKind, tuple[str, ...]] = {
    K.FIRST_RESPONSE: ("MET", "DANGEROUS", "INJURED", "NOT_MET"),
    K.REROUTE: ("ELDERLY", "DISABILITY", "CHILD", "FOREIGNER", "FAMILY", "OTHER_SERVICE"),
    K.AFTERCARE_VISIT: ("STABLE", "NEEDS_ATTENTION", "NOT_MET"),
    K.MEDICINE_CONTROL: ("STABLE", "NEEDS_ATTENTION", "NO_MEDICINE", "NOT_MET"),
    K.STAY_OVER_LIMIT: ("EXTENDED", "MOVED"),
    K.CASE_CONFERENCE: ("SEARCH_AGAIN", "DECIDED", UNDECIDED.code),
    K.SEARCH_PERSON: ("FOUND", "NOT_FOUND"),
    K.BURIAL: ("BURIED", "HANDED_TO_FAMILY"),
    K.AID_DECISION: ("END", "PAY_ON"),
    K.PHONE_CALL: ("REACHED", "NOT_REACHED"),
    K.IDENTITY_REVIEW: ("SAME_PERSON", "OTHER_PERSON"),
}
"""How each of these may end."""

VISITS = frozenset({K.AFTERCARE_VISIT, K.MEDICINE_CONTROL})
"""What stands still while nobody knows where the person is."""

MET_THE_PERSON = frozenset({"MET", "DANGEROUS", "INJURED"})
"""How a first response ends with the person in the hands of whoever came."""


BY_HAND = "by-hand"
"""How the steps are called that no procedure asked for."""


class TaskIsEnded(Conflict):
    """Done or cancelled already."""

    text = "Tugas ini sudah selesai atau dibatalkan."


class ResultIsUnknown(Invalid):
    """A task of this kind does not end like that."""

    text = "Hasil ini tidak dikenal untuk tugas ini."
    advice = "Pakai salah satu hasil yang disebut pada daftar results tugas ini."


def results_of(kind: str) -> tuple[str, ...]:
    """How a task of a kind may end. Raises ``ValueError`` when there is no such kind."""
    of_a_type = CASE_TYPES.known.task_kinds.get(kind)
    return tuple(result.code for result in of_a_type.results) if of_a_type else RESULTS[TaskKind(kind)]


def known_kind(kind: str) -> str:
    """The kind itself. Raises ``ValueError`` when there is no such kind."""
    results_of(kind)
    return kind


def condition_met_by(kind: str, result_code: str) -> str:
    """Which condition of a «yes, if …» is met by what was done; empty when none is."""
    of_a_type = CASE_TYPES.known.task_kinds.get(kind)
    return next((r.meets for r in of_a_type.results if r.code == result_code), "") if of_a_type else ""


def check_result(kind: str, result_code: str) -> None:
    """Raise ``ResultIsUnknown`` naming how a task of this kind may end."""
    known = results_of(kind)
    if result_code not in known:
        raise ResultIsUnknown(legal=", ".join(known))


def comes_back(kind: str, result_code: str) -> bool:
    """Whether nothing was decided, so that the task comes back the next day."""
    return result_code == UNDECIDED.code and UNDECIDED.code in results_of(kind)


def is_by_hand(step: str) -> bool:
    """Whether somebody gave a task, and no procedure waits for it."""
    return step.startswith(f"{BY_HAND}:")
