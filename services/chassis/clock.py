"""Time and identifiers for everything outside a transaction.

Inside a unit of work the time is the transaction's database time: ``await uow.now()``.
"""

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import uuid_utils.compat


def utc_now() -> datetime:
    """The process clock as an aware UTC instant."""
    return datetime.now(UTC)


def new_id() -> uuid.UUID:
    """A UUIDv7 (RFC 9562): unique, and ordered by the time it was made."""
    return uuid_utils.compat.uuid7()


def derived_id(namespace: uuid.UUID, name: str) -> uuid.UUID:
    """The same id for the same namespace and name (UUIDv5): an id that a repeated step mints again."""
    return uuid.uuid5(namespace, name)


def stopwatch() -> float:
    """Seconds that nobody can set: they also pass while the machine sleeps. Only differences mean anything."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


@dataclass(slots=True)
class Pace:
    """Whether the database's clock keeps pace with this process's stopwatch.

    The process's own date plays no part, however wrong it is. The database's clock is believed as it is first seen;
    from then on it may run ahead or behind by ``may_differ`` between two looks, and what jumps further is not believed
    until it comes back, or until the process is started again.
    """

    may_differ: timedelta
    elapsed: Callable[[], float] = stopwatch
    _seen: tuple[datetime, float] | None = field(default=None, init=False)

    def jumped(self, database_now: datetime) -> timedelta | None:
        """By how much the database's clock jumped ahead (or back); none while it keeps pace."""
        reading = self.elapsed()
        if self._seen is not None:
            seen_at, seen_reading = self._seen
            ahead = database_now - seen_at - timedelta(seconds=reading - seen_reading)
            if abs(ahead) > self.may_differ:
                return ahead
        self._seen = database_now, reading
        return None
