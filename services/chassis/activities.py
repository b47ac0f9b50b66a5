"""How an activity runs a command: as the service itself, with refusals that Temporal does not try again."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from temporalio.exceptions import ApplicationError

from services.chassis.database import Cause, UnitOfWork
from services.chassis.errors import Conflict, Forbidden, Invalid, NotFound, StillInFlight
from services.chassis.service import Running

T = TypeVar("T")


async def acting(running: Running, work: Callable[[UnitOfWork], Awaitable[T]], *, on_behalf_of: str | None = None) -> T:
    """Perform a command for a workflow's step.

    A refusal of the domain becomes a non-retryable failure that carries its code alone: a workflow's history may hold
    no outside value. Everything else is tried again by the activity's policy.
    """
    try:
        return await running.units.perform(work, principal=running.principal, cause=Cause(on_behalf_of=on_behalf_of))
    except StillInFlight:
        raise
    except (Conflict, NotFound, Forbidden, Invalid) as refusal:
        kind = next(k.__name__ for k in (Conflict, NotFound, Forbidden, Invalid) if isinstance(refusal, k))
        raise ApplicationError(refusal.code, type=kind, non_retryable=True) from None
