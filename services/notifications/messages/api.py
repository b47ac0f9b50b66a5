"""HTTP routes of messages: reading only."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from services.chassis.auth import requires
from services.chassis.principal import Principal
from services.chassis.web import PageLimit, Reading, problems
from services.notifications.messages import queries
from services.notifications.messages.domain import MessageState
from services.notifications.messages.schemas import MessageOut, MessagePage

router = APIRouter(tags=["messages"])


@router.get("/messages", response_model=MessagePage, responses=problems())
async def get_messages(
    caller: Annotated[Principal, requires("message:read")],
    reading: Reading,
    after: Annotated[UUID | None, Query(description="Kursor: message_id terakhir dari halaman sebelumnya")] = None,
    limit: PageLimit = 50,
    state: MessageState | None = None,
    case_id: UUID | None = None,
) -> MessagePage:
    """Daftar pemberitahuan dengan keadaannya."""
    rows = await queries.list_messages(reading, after, limit, state.value if state else None, case_id)
    return MessagePage(
        items=[MessageOut.of(row) for row in rows], next_after=rows[-1].id if len(rows) == limit else None
    )


@router.get("/messages/{message_id}", response_model=MessageOut, responses=problems())
async def get_message(
    message_id: UUID, caller: Annotated[Principal, requires("message:read")], reading: Reading
) -> MessageOut:
    """Satu pemberitahuan."""
    return MessageOut.of(await queries.show_message(message_id, reading))
