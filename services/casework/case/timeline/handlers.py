"""The story hears everything that happens to a case."""

from typing import Any

from contracts.envelope import Envelope
from services.casework.case.timeline.commands import add_line
from services.chassis.database import UnitOfWork
from services.chassis.inbox import Handler


async def when_anything_happens_tell_it(event: Any, envelope: Envelope, uow: UnitOfWork) -> None:
    """A line of the story."""
    await add_line(event, envelope, uow)


def and_tell_it(handler: Handler) -> Handler:
    """A handler that acts and also tells the fact to the story, in one transaction."""

    async def act_and_tell(event: Any, envelope: Envelope, uow: UnitOfWork) -> None:
        await handler(event, envelope, uow)
        await add_line(event, envelope, uow)

    act_and_tell.__name__ = getattr(handler, "__name__", "act_and_tell")
    return act_and_tell
