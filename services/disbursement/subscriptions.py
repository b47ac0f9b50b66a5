"""Everything that disbursement hears, on one page: event type -> handler."""

from contracts.events.casework import CaseAidHeld, CaseAidReleased, CaseAidRequested
from services.chassis.inbox import Handler
from services.disbursement.entitlements import handlers as entitlements

SUBSCRIPTIONS: dict[str, Handler] = {
    CaseAidRequested.TYPE: entitlements.when_aid_requested_establish_entitlement,
    CaseAidHeld.TYPE: entitlements.when_aid_held_hold_entitlement,
    CaseAidReleased.TYPE: entitlements.when_aid_released_let_it_go,
}
