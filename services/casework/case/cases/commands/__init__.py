"""The only code that changes cases."""

from services.casework.case.cases.commands.aid import (
    aid_is_pending,
    hold_aid,
    record_aid_state,
    release_aid,
    request_aid,
)
from services.casework.case.cases.commands.asking import OpenHandoff, ask_handoff, ask_task, give_task, open_handoff
from services.casework.case.cases.commands.doubling import MarkDuplicate, mark_duplicate, undo_duplicate
from services.casework.case.cases.commands.ending import (
    close,
    end_service,
    find_told_after_closing,
    record_outcome,
    resume_service,
)
from services.casework.case.cases.commands.identifying import RegistryAnswer, hear_registry
from services.casework.case.cases.commands.opening import (
    CASES,
    OpenCase,
    enter_stage,
    open_case,
    rearm_procedures,
    signal_procedure,
)
from services.casework.case.cases.commands.protecting import protect_again, record_age
from services.casework.case.cases.commands.reaching import REACH, check_custody_deadlines
from services.casework.case.cases.commands.rerouting import reroute
from services.casework.case.cases.commands.tying import tie_mother_and_child, untie

__all__ = [
    "CASES",
    "REACH",
    "MarkDuplicate",
    "OpenCase",
    "OpenHandoff",
    "RegistryAnswer",
    "aid_is_pending",
    "ask_handoff",
    "ask_task",
    "check_custody_deadlines",
    "close",
    "end_service",
    "enter_stage",
    "find_told_after_closing",
    "give_task",
    "hear_registry",
    "hold_aid",
    "mark_duplicate",
    "open_case",
    "open_handoff",
    "protect_again",
    "rearm_procedures",
    "record_age",
    "record_aid_state",
    "record_outcome",
    "release_aid",
    "request_aid",
    "reroute",
    "resume_service",
    "signal_procedure",
    "tie_mother_and_child",
    "undo_duplicate",
    "untie",
]
