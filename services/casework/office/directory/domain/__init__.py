"""The casework section of a district pack, and working time. Pure values and functions.

Everything in which one district differs from another stands in the pack; nothing here knows an agency, an hour or a
escalation policy by itself.
"""

from services.casework.office.directory.domain.calendar_spans import CalendarSpan, day_after
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
from services.casework.office.directory.domain.due_times import (
    DecreeEffect,
    Recomputed,
    RunningDeadline,
    decreed,
    explain_deadline,
    recompute_deadline,
    say_instant,
    say_span,
)
from services.casework.office.directory.domain.pack import (
    NOTIFIED_ESCALATIONS,
    Agency,
    AgencyIsUnknown,
    CandidateRule,
    CaseTypeRules,
    CaseworkPack,
    Desk,
    EscalationKind,
    Letter,
    Letterhead,
    LetterheadIsMissing,
    LinkRules,
    PolicyStep,
    PurposeHasNoSlaRule,
    Signer,
    SlaRule,
)
from services.casework.office.directory.domain.working_time import NoWorkingTime, add_working_time, working_time_between

__all__ = [
    "NOTIFIED_ESCALATIONS",
    "WEEKDAYS",
    "Agency",
    "AgencyIsUnknown",
    "Calendar",
    "CalendarSpan",
    "CandidateRule",
    "CaseTypeRules",
    "CaseworkPack",
    "DayOff",
    "DayOffKind",
    "DecreeEffect",
    "Desk",
    "EscalationKind",
    "Hours",
    "Letter",
    "Letterhead",
    "LetterheadIsMissing",
    "LinkRules",
    "NoWorkingTime",
    "Period",
    "PolicyStep",
    "PurposeHasNoSlaRule",
    "Recomputed",
    "RunningDeadline",
    "Signer",
    "SlaRule",
    "WorkedDay",
    "Zone",
    "add_working_time",
    "day_after",
    "decreed",
    "explain_deadline",
    "recompute_deadline",
    "say_instant",
    "say_span",
    "working_time_between",
]
