"""The casework section of a district pack, and working time. Pure values and functions.

Everything in which one district differs from another stands in the pack; nothing here knows an agency, an hour or a
ladder by itself.
"""

from services.casework.office.directory.domain.calendars import (
    WEEKDAYS,
    Calendar,
    DayOff,
    DayOffKind,
    Hours,
    Period,
    WorkedDay,
    Zone,
)
from services.casework.office.directory.domain.deadlines import (
    DecreeEffect,
    Recomputed,
    RunningClock,
    explain_deadline,
    recompute_deadline,
    say_instant,
    say_span,
)
from services.casework.office.directory.domain.pack import (
    NOTIFIED_RUNGS,
    Agency,
    AgencyIsUnknown,
    CandidateRule,
    CaseTypeRules,
    CaseworkPack,
    Clock,
    Desk,
    Letter,
    Letterhead,
    LetterheadIsMissing,
    LinkRules,
    PurposeHasNoClock,
    Rung,
    RungKind,
    Signer,
)
from services.casework.office.directory.domain.working_time import NoWorkingTime, add_working_time, working_time_between

__all__ = [
    "NOTIFIED_RUNGS",
    "WEEKDAYS",
    "Agency",
    "AgencyIsUnknown",
    "Calendar",
    "CandidateRule",
    "CaseTypeRules",
    "CaseworkPack",
    "Clock",
    "DayOff",
    "DayOffKind",
    "DecreeEffect",
    "Desk",
    "Hours",
    "Letter",
    "Letterhead",
    "LetterheadIsMissing",
    "LinkRules",
    "NoWorkingTime",
    "Period",
    "PurposeHasNoClock",
    "Recomputed",
    "Rung",
    "RungKind",
    "RunningClock",
    "Signer",
    "WorkedDay",
    "Zone",
    "add_working_time",
    "explain_deadline",
    "recompute_deadline",
    "say_instant",
    "say_span",
    "working_time_between",
]
