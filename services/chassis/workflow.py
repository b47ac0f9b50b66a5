"""What every workflow uses: activity options, and the memory of signals already seen.

Imported inside the sandbox: standard library and temporalio only.
"""

from datetime import timedelta
from typing import TypedDict

from temporalio.common import RetryPolicy


class ActivityOptions(TypedDict):
    """How long a step may take and how it is tried again."""

    start_to_close_timeout: timedelta
    retry_policy: RetryPolicy


ACTIVITY: ActivityOptions = {
    "start_to_close_timeout": timedelta(seconds=10),
    "retry_policy": RetryPolicy(
        initial_interval=timedelta(milliseconds=200),
        backoff_coefficient=2,
        maximum_interval=timedelta(seconds=30),
        non_retryable_error_types=["Conflict", "NotFound", "Forbidden", "Invalid"],
    ),
}
"""Short time-outs, so that a killed worker costs seconds; refusals of the domain are not tried again."""

OUTSIDE: ActivityOptions = {
    "start_to_close_timeout": timedelta(seconds=20),
    "retry_policy": RetryPolicy(
        initial_interval=timedelta(seconds=1), backoff_coefficient=2, maximum_interval=timedelta(hours=1)
    ),
}
"""For a step at somebody else's system: growing waits, for days if need be."""

SEEN_LIMIT = 1000


class Seen:
    """Event ids of signals that this run has handled; a duplicate is ignored. A later run asks the row anyway."""

    def __init__(self) -> None:
        self._ids: dict[str, None] = {}

    def first_time(self, event_id: str) -> bool:
        """True once per id; a message without one always counts."""
        if not event_id:
            return True
        if event_id in self._ids:
            return False
        self._ids[event_id] = None
        if len(self._ids) > SEEN_LIMIT:
            del self._ids[next(iter(self._ids))]
        return True
