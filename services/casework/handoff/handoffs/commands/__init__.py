"""The only code that changes hand-offs.

A group is locked before any of its hand-offs, always in this order, so that two candidates who answer at once are
decided one after the other.
"""

from services.casework.handoff.handoffs.commands.applying import Condition, MoveHandoff, Spoken
from services.casework.handoff.handoffs.commands.groups import (
    GROUPS,
    RequestHandoff,
    end_of_step,
    is_no_place_for,
    known_step,
    open_handoff,
    request_handoff,
    step_result,
    tell_procedure,
)
from services.casework.handoff.handoffs.commands.moving import (
    answer_for_registry,
    circumstances,
    close_results,
    confirm_spoken,
    dispose,
    expire_of_case,
    move_handoff,
    settle_promise,
)
from services.casework.handoff.handoffs.commands.rescuing import Redirect, redirect, resend, withdraw
from services.casework.handoff.handoffs.commands.talking import (
    ReportStatus,
    ask_question,
    keep_as_reserve,
    note_read,
    reply,
    report_status,
)
from services.casework.handoff.handoffs.commands.timing import (
    DeskOf,
    Reach,
    note_notice,
    read_clock,
    rearm_clocks,
    recompute_deadlines,
    ring_clock,
)

__all__ = [
    "GROUPS",
    "Condition",
    "DeskOf",
    "MoveHandoff",
    "Reach",
    "Redirect",
    "ReportStatus",
    "RequestHandoff",
    "Spoken",
    "answer_for_registry",
    "ask_question",
    "circumstances",
    "close_results",
    "confirm_spoken",
    "dispose",
    "end_of_step",
    "expire_of_case",
    "is_no_place_for",
    "keep_as_reserve",
    "known_step",
    "move_handoff",
    "note_notice",
    "note_read",
    "open_handoff",
    "read_clock",
    "rearm_clocks",
    "recompute_deadlines",
    "redirect",
    "reply",
    "report_status",
    "request_handoff",
    "resend",
    "ring_clock",
    "settle_promise",
    "step_result",
    "tell_procedure",
    "withdraw",
]
