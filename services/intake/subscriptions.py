"""Everything that intake consumes, on one page: event type -> handler."""

from contracts.events.casework import CaseClosingAsked
from contracts.events.intake import ClosingAnswered
from services.chassis.closing import when_closing_asked_answer
from services.chassis.inbox import Handler
from services.intake.registries.handlers import when_handoff_requested_ask_registry, when_task_completed_settle_identity
from services.intake.registries.repository import what_keeps_open

SUBSCRIPTIONS: dict[str, Handler] = {
    "casework.handoff.requested.v1": when_handoff_requested_ask_registry,
    "casework.task.completed.v1": when_task_completed_settle_identity,
    CaseClosingAsked.TYPE: when_closing_asked_answer(ClosingAnswered, what_keeps_open),
}
