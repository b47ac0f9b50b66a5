"""Everything that notifications consumes, on one page: event type -> handler."""

from contracts.events.casework import (
    CaseClosingAsked,
    CaseOpened,
    CaseOutcomeRecorded,
    HandoffEscalated,
    HandoffRequested,
    HandoffResent,
    LinkPinIssued,
)
from contracts.events.disbursement import PaymentCredited
from contracts.events.intake import ReportVerified
from contracts.events.notifications import ClosingAnswered
from services.chassis.closing import when_closing_asked_answer
from services.chassis.inbox import Handler
from services.notifications.messages import handlers as messages
from services.notifications.messages.repository import what_keeps_open

SUBSCRIPTIONS: dict[str, Handler] = {
    ReportVerified.TYPE: messages.when_report_verified_notify_reporter,
    CaseOpened.TYPE: messages.when_case_opened_keep_number,
    HandoffRequested.TYPE: messages.when_handoff_asks_notify_receiver,
    HandoffResent.TYPE: messages.when_handoff_asks_notify_receiver,
    HandoffEscalated.TYPE: messages.when_handoff_escalated_notify_of_escalation,
    **{fact.TYPE: messages.when_handoff_changed_notify_agencies for fact in messages.TOLD},
    LinkPinIssued.TYPE: messages.when_link_has_pin_notify_desk,
    CaseOutcomeRecorded.TYPE: messages.when_outcome_recorded_notify_village_and_reporter,
    CaseClosingAsked.TYPE: when_closing_asked_answer(ClosingAnswered, what_keeps_open),
    PaymentCredited.TYPE: messages.when_payment_credited_notify_village,
}
