"""The timeline hears everything that the other services say of a case."""

from typing import Any

from contracts.envelope import Envelope
from services.casework.case.timeline.commands import add_line
from services.chassis.database import UnitOfWork
from services.chassis.inbox import Handler


async def when_anything_happens_record_in_timeline(event: Any, envelope: Envelope, uow: UnitOfWork) -> None:
    """A line of the timeline."""
    await add_line(event, envelope, uow)


def also_record_in_timeline(handler: Handler) -> Handler:
    """A handler that acts and also tells the fact to the timeline, in one transaction."""

    async def act_and_tell(event: Any, envelope: Envelope, uow: UnitOfWork) -> None:
        await handler(event, envelope, uow)
        await add_line(event, envelope, uow)

    act_and_tell.__name__ = getattr(handler, "__name__", "act_and_tell")
    return act_and_tell
