"""Everything that intake consumes, on one page: event type -> handler."""

from contracts.events.casework import (
    CaseAdulthoodDecided,
    CaseAdulthoodTakenBack,
    CaseClosed,
    CaseClosingAsked,
    CaseDuplicateUndone,
    CaseMarkedDuplicate,
    CaseOccurrenceRevoked,
    CaseOpened,
)
from contracts.events.intake import ClosingAnswered
from services.chassis.closing import when_closing_asked_answer
from services.chassis.inbox import Handler
from services.intake.persons import handlers as persons
from services.intake.registries.handlers import when_handoff_requested_ask_registry, when_task_completed_settle_identity
from services.intake.registries.repository import what_keeps_open
from services.intake.reports import handlers as reports

SUBSCRIPTIONS: dict[str, Handler] = {
    "casework.handoff.requested.v1": when_handoff_requested_ask_registry,
    "casework.task.completed.v1": when_task_completed_settle_identity,
    CaseOpened.TYPE: reports.when_case_opened_keep_it,
    CaseClosed.TYPE: reports.when_case_closed_note_it,
    CaseMarkedDuplicate.TYPE: reports.when_case_marked_duplicate_follow_it,
    CaseDuplicateUndone.TYPE: reports.when_case_duplicate_undone_follow_it,
    CaseOccurrenceRevoked.TYPE: reports.when_occurrence_revoked_case_goes_on,
    CaseAdulthoodDecided.TYPE: persons.when_adulthood_decided_record_it,
    CaseAdulthoodTakenBack.TYPE: persons.when_adulthood_taken_back_record_it,
    CaseClosingAsked.TYPE: when_closing_asked_answer(ClosingAnswered, what_keeps_open),
}
