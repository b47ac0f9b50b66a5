"""The only code that changes hand-offs.

A group is locked before any of its hand-offs, always in this order, so that two candidates who answer at once are
decided one after the other.
"""

from services.casework.handoff.handoffs.commands.applying import MoveHandoff, OfferedCondition, Spoken
from services.casework.handoff.handoffs.commands.binding import end_conditions_by_id, revive_conditions_of_matter
from services.casework.handoff.handoffs.commands.escalating import (
    DeskOf,
    Reach,
    escalate_if_due,
    note_notice,
    read_deadlines,
    rearm_deadlines,
    recompute_deadlines,
)
from services.casework.handoff.handoffs.commands.groups import (
    GROUPS,
    RequestHandoff,
    end_of_step,
    is_no_place_for,
    known_step,
    open_handoff,
    request_handoff,
    signal_procedure,
    step_result,
)
from services.casework.handoff.handoffs.commands.moving import (
    answer_for_registry,
    apply_dispositions,
    close_results,
    confirm_spoken,
    end_purpose,
    expire_of_matter,
    move_handoff,
    settle_condition,
)
from services.casework.handoff.handoffs.commands.rescuing import Redirect, redirect, resend, withdraw
from services.casework.handoff.handoffs.commands.reviving import Revived, revive_of_matter
from services.casework.handoff.handoffs.commands.talking import (
    ReportStatus,
    ask_question,
    keep_as_reserve,
    note_read,
    reply,
    report_status,
)

__all__ = [
    "GROUPS",
    "DeskOf",
    "MoveHandoff",
    "OfferedCondition",
    "Reach",
    "Redirect",
    "ReportStatus",
    "RequestHandoff",
    "Revived",
    "Spoken",
    "answer_for_registry",
    "apply_dispositions",
    "ask_question",
    "close_results",
    "confirm_spoken",
    "end_conditions_by_id",
    "end_of_step",
    "end_purpose",
    "escalate_if_due",
    "expire_of_matter",
    "is_no_place_for",
    "keep_as_reserve",
    "known_step",
    "move_handoff",
    "note_notice",
    "note_read",
    "open_handoff",
    "read_deadlines",
    "rearm_deadlines",
    "recompute_deadlines",
    "redirect",
    "reply",
    "report_status",
    "request_handoff",
    "resend",
    "revive_conditions_of_matter",
    "revive_of_matter",
    "settle_condition",
    "signal_procedure",
    "step_result",
    "withdraw",
]
