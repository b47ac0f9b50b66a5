"""Everything that intake hears, on one page: event type -> handler."""

from services.chassis.inbox import Handler

SUBSCRIPTIONS: dict[str, Handler] = {}
