"""Everything that disbursement hears, on one page: event type -> handler."""

from contracts.events.casework import CaseAidRequested
from services.chassis.inbox import Handler
from services.disbursement.entitlements import handlers as entitlements

SUBSCRIPTIONS: dict[str, Handler] = {
    CaseAidRequested.TYPE: entitlements.when_aid_requested_establish_entitlement,
}
