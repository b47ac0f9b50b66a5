"""Read models of messages."""

from uuid import UUID

from services.chassis.database import ReadSession
from services.chassis.errors import NotFound
from services.notifications.messages import repository
from services.notifications.messages.tables import Message


async def show_message(message_id: UUID, reading: ReadSession) -> Message:
    """One message. Raises ``NotFound``, also when it lies outside the caller's scope."""
    found = await repository.one(reading, message_id)
    if found is None:
        raise NotFound(kind="message")
    return found


async def list_messages(
    reading: ReadSession, after: UUID | None, limit: int, state: str | None, case_id: UUID | None
) -> list[Message]:
    """A page of messages."""
    return await repository.page(reading, after, limit, state, case_id)
