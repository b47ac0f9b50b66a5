"""What is to be done, how it may end, and what a task may become. Pure functions."""

from enum import StrEnum

from services.chassis.errors import Conflict, Invalid


class TaskState(StrEnum):
    """Where a task stands."""

    OPEN = "open"
    PAUSED = "paused"
    DONE = "done"
    CANCELLED = "cancelled"


UNFINISHED = frozenset({TaskState.OPEN, TaskState.PAUSED})


class TaskKind(StrEnum):
    """What is to be done."""

    FIRST_RESPONSE = "FIRST_RESPONSE"
    SHELTER_ASSESSMENT = "SHELTER_ASSESSMENT"
    GUARANTEE_LETTER = "GUARANTEE_LETTER"
    PBI_REACTIVATION = "PBI_REACTIVATION"
    DISTRICT_FUNDING = "DISTRICT_FUNDING"
    WAY_OUT = "WAY_OUT"
    REROUTE = "REROUTE"
    AFTERCARE_VISIT = "AFTERCARE_VISIT"
    MEDICINE_CONTROL = "MEDICINE_CONTROL"
    STAY_OVER_LIMIT = "STAY_OVER_LIMIT"
    CASE_CONFERENCE = "CASE_CONFERENCE"
    SEARCH_PERSON = "SEARCH_PERSON"
    BURIAL = "BURIAL"
    AID_DECISION = "AID_DECISION"
    PHONE_CALL = "PHONE_CALL"


K = TaskKind
UNDECIDED = "UNDECIDED"
"""What a task with a forced outcome may not end with: it comes back the next day until something is decided."""

RESULTS: dict[TaskKind, tuple[str, ...]] = {
    K.FIRST_RESPONSE: ("MET", "DANGEROUS", "INJURED", "NOT_MET"),
    K.SHELTER_ASSESSMENT: ("ASSESSED", "FIRST_TIME_LOCAL", "FIRST_TIME_OTHER_DISTRICT", "SEEN_BEFORE"),
    K.GUARANTEE_LETTER: ("ISSUED", "REFUSED"),
    K.PBI_REACTIVATION: ("REACTIVATED", "ARREARS", "REFUSED"),
    K.DISTRICT_FUNDING: ("FUNDED", "REFUSED"),
    K.WAY_OUT: ("REUNIFICATION", "REPATRIATION", "PLACEMENT", UNDECIDED),
    K.REROUTE: ("ELDERLY", "DISABILITY", "CHILD", "FOREIGNER", "FAMILY", "OTHER_SERVICE"),
    K.AFTERCARE_VISIT: ("STABLE", "NEEDS_ATTENTION", "NOT_MET"),
    K.MEDICINE_CONTROL: ("STABLE", "NEEDS_ATTENTION", "NO_MEDICINE", "NOT_MET"),
    K.STAY_OVER_LIMIT: ("EXTENDED", "MOVED"),
    K.CASE_CONFERENCE: ("SEARCH_AGAIN", "DECIDED", UNDECIDED),
    K.SEARCH_PERSON: ("FOUND", "NOT_FOUND"),
    K.BURIAL: ("BURIED", "HANDED_TO_FAMILY"),
    K.AID_DECISION: ("END", "PAY_ON"),
    K.PHONE_CALL: ("REACHED", "NOT_REACHED"),
}
"""How each kind may end."""

VISITS = frozenset({K.AFTERCARE_VISIT, K.MEDICINE_CONTROL})
"""What stands still while nobody knows where the person is."""

MET_THE_PERSON = frozenset({"MET", "DANGEROUS", "INJURED"})
"""How a first response ends with the person in the hands of whoever came."""

MEETS_CONDITION: dict[tuple[TaskKind, str], str] = {
    (K.GUARANTEE_LETTER, "ISSUED"): "GUARANTEE_LETTER",
    (K.PBI_REACTIVATION, "REACTIVATED"): "INSURANCE_ACTIVE",
    (K.DISTRICT_FUNDING, "FUNDED"): "INSURANCE_ACTIVE",
}
"""Which condition of a «yes, if …» is met by what was done."""


class TaskIsEnded(Conflict):
    """Done or cancelled already."""

    text = "Tugas ini sudah selesai atau dibatalkan."


class ResultIsUnknown(Invalid):
    """A task of this kind does not end like that."""

    text = "Hasil ini tidak dikenal untuk tugas ini."
    advice = "Pakai salah satu hasil yang disebut pada daftar results tugas ini."


def check_result(kind: str, result_code: str) -> None:
    """Raise ``ResultIsUnknown`` naming how a task of this kind may end."""
    known = RESULTS[TaskKind(kind)]
    if result_code not in known:
        raise ResultIsUnknown(legal=", ".join(known))


def comes_back(kind: str, result_code: str) -> bool:
    """Whether nothing was decided, so that the task comes back the next day."""
    return result_code == UNDECIDED and UNDECIDED in RESULTS[TaskKind(kind)]
