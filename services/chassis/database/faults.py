"""What a driver's error means: a lost race, a guard that is spent, a database that is away."""

import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoFreeConnection

from services.chassis.errors import StillInFlight, Unavailable


class GuardIsSpent(Exception):
    """The request key or the fact was already worked on: nothing of this try was written."""


class LostRace(Exception):
    """A row changed between our reading and our writing; a machine's try is simply made again."""


def verdict_of(error: Exception) -> type[Exception] | None:
    """What a driver's error means: try again, tell the caller to wait, the database is away, or none of these."""
    cause: BaseException | None = error
    if isinstance(error, DBAPIError):
        if error.connection_invalidated:
            return Unavailable
        cause = error.orig.__cause__ if error.orig is not None and error.orig.__cause__ else error.orig
    match cause:
        case LostRace() | asyncpg.SerializationError() | asyncpg.DeadlockDetectedError():
            return LostRace
        case asyncpg.LockNotAvailableError():
            return StillInFlight
        case _ if is_infrastructure(cause):
            return Unavailable
        case _:
            return None


DATABASE_AWAY = (
    OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError
)  # fmt: skip
"""What our own loops wait out: whatever a connection raises that breaks, in the middle of a preparation too."""


def is_infrastructure(error: BaseException | None) -> bool:
    """Whether the database (not the content) is at fault: wait and try again, uncounted.

    A database that lets nobody in, while it is restored for instance, is away like any other; and no message is at
    fault when all our connections are taken.
    """
    if isinstance(error, Unavailable | NoFreeConnection):
        return True
    if isinstance(error, DBAPIError):
        return bool(error.connection_invalidated) or is_infrastructure(
            error.orig.__cause__ if error.orig is not None and error.orig.__cause__ else error.orig
        )
    return isinstance(
        error,
        asyncpg.PostgresConnectionError
        | asyncpg.CannotConnectNowError
        | asyncpg.AdminShutdownError
        | asyncpg.CrashShutdownError
        | asyncpg.TooManyConnectionsError
        | asyncpg.DiskFullError
        | asyncpg.ReadOnlySQLTransactionError
        | asyncpg.ObjectNotInPrerequisiteStateError
        | asyncpg.InvalidCatalogNameError
        | asyncpg.InvalidAuthorizationSpecificationError
        | asyncpg.InterfaceError
        | asyncpg.InternalClientError
        | ConnectionError
        | TimeoutError
        | OSError,
    )


def is_transient(error: BaseException) -> bool:
    """Whether the same work may well succeed a little later: the infrastructure is at fault, or somebody else holds
    the rows."""
    return is_infrastructure(error) or isinstance(error, StillInFlight)
