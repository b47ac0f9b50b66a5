"""What a task may become. Pure functions."""

from enum import StrEnum

from services.chassis.errors import Conflict


class TaskState(StrEnum):
    """Where a task stands."""

    OPEN = "open"
    PAUSED = "paused"
    DONE = "done"
    CANCELLED = "cancelled"


class TaskKind(StrEnum):
    """What is to be done."""

    SHELTER_ASSESSMENT = "SHELTER_ASSESSMENT"
    AFTERCARE_VISIT = "AFTERCARE_VISIT"
    CASE_CONFERENCE = "CASE_CONFERENCE"
    SEARCH_PERSON = "SEARCH_PERSON"
    BURIAL = "BURIAL"
    PHONE_CALL = "PHONE_CALL"


UNDECIDED = "UNDECIDED"
"""What a case conference may not end with: the task comes back the next day until something is decided."""


class TaskIsEnded(Conflict):
    """Done or cancelled already."""

    text = "Tugas ini sudah selesai atau dibatalkan."
