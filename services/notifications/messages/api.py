"""HTTP routes of messages: people read, the gateway reports."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.responses import Response

from services.chassis import clock
from services.chassis.auth import requires
from services.chassis.database import Units
from services.chassis.principal import Principal, system_principal
from services.chassis.web import PageLimit, Reading, problems
from services.notifications.channels.domain import check_signature
from services.notifications.messages import commands, queries
from services.notifications.messages.commands import NoteReport
from services.notifications.messages.domain import MessageState
from services.notifications.messages.schemas import DeliveryReportIn, MessageOut, MessagePage
from services.notifications.settings import NotificationsSettings

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


async def _signed_by_the_gateway(
    request: Request,
    x_gateway_timestamp: Annotated[
        str, Header(pattern=r"^[0-9]{1,12}$", description="Detik sejak 1970 (UTC) saat laporan ditandatangani")
    ],
    x_gateway_signature: Annotated[
        str, Header(description="HMAC-SHA-256 (heksadesimal) atas «<timestamp>.<isi>» dengan kunci bersama")
    ] = "",
) -> None:
    settings: NotificationsSettings = request.app.state.settings
    check_signature(
        settings.gateway_report_secret.get_secret_value(),
        x_gateway_signature,
        x_gateway_timestamp,
        await request.body(),
        now=clock.utc_now().timestamp(),
        window=settings.gateway_report_window_seconds,
    )


@router.post(
    "/gateway/reports",
    status_code=204,
    responses=problems(409),
    dependencies=[Depends(_signed_by_the_gateway)],
)
async def post_delivery_report(report: DeliveryReportIn, request: Request) -> Response:
    """Laporan gerbang pesan tentang satu pemberitahuan; yang diulang dihitung sekali."""
    units: Units = request.app.state.units
    command = NoteReport(report.reference, report.state == "delivered")
    # No key of the caller's: the message itself makes a report count once.
    await units.perform(lambda uow: commands.note_report(command, uow), principal=system_principal("gateway"))
    return Response(status_code=204)
