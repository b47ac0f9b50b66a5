"""Everything that disbursement consumes, on one page: event type -> handler."""

from contracts.events.casework import CaseAidEnded, CaseAidHeld, CaseAidReleased, CaseAidRequested, CaseClosingAsked
from contracts.events.disbursement import ClosingAnswered
from services.chassis.closing import when_closing_asked_answer
from services.chassis.inbox import Handler
from services.disbursement.entitlements import handlers as entitlements
from services.disbursement.entitlements.queries import what_keeps_open
from services.disbursement.holds import handlers as holds

SUBSCRIPTIONS: dict[str, Handler] = {
    CaseAidRequested.TYPE: entitlements.when_aid_requested_establish_entitlement,
    CaseAidHeld.TYPE: holds.when_aid_held_keep_it_back,
    CaseAidReleased.TYPE: holds.when_aid_released_let_it_go,
    CaseAidEnded.TYPE: holds.when_aid_ended_end_it,
    CaseClosingAsked.TYPE: when_closing_asked_answer(ClosingAnswered, what_keeps_open),
}
