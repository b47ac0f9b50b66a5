"""Everything that intake hears, on one page: event type -> handler."""

from services.chassis.inbox import Handler
from services.intake.registries.handlers import when_handoff_requested_ask_registry

SUBSCRIPTIONS: dict[str, Handler] = {
    "casework.handoff.requested.v1": when_handoff_requested_ask_registry,
}
