"""What closing hears from the other services."""

from typing import Any

from contracts.envelope import Envelope
from contracts.events.closing import ServiceAnswer
from services.casework.case.closing import commands
from services.casework.case.closing.repository import case_of_correlation
from services.chassis.database import UnitOfWork
from services.chassis.inbox import Handler


async def when_closing_answered_note_it(event: ServiceAnswer, envelope: Envelope, uow: UnitOfWork) -> None:
    """A service says what is open on its side; what nobody asked about says nothing."""
    if await case_of_correlation(uow, envelope.correlationid) is None:
        return
    service = envelope.type.split(".", 1)[0]
    await commands.note_answer(event.case_id, event.round, service, event.blockers, uow)


async def when_anything_changes_elsewhere_ask_again(event: Any, envelope: Envelope, uow: UnitOfWork) -> None:
    """What a closing waited for may have ended."""
    await commands.reconsider(await case_of_correlation(uow, envelope.correlationid), uow)


def and_ask_again(handler: Handler) -> Handler:
    """A handler after which a closing that waits for the other service looks again."""

    async def act_and_ask_again(event: Any, envelope: Envelope, uow: UnitOfWork) -> None:
        await handler(event, envelope, uow)
        await when_anything_changes_elsewhere_ask_again(event, envelope, uow)

    act_and_ask_again.__name__ = getattr(handler, "__name__", "act_and_ask_again")
    return act_and_ask_again
