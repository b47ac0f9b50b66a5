"""Response shapes of messages."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from services.chassis.web import RequestBody
from services.notifications.messages.tables import Message


class MessageOut(BaseModel):
    """One message; the number is masked."""

    message_id: UUID
    version: int
    state: str
    occasion: str
    recipient: str
    template: str
    channel: str
    case_id: UUID | None
    cause_fact_id: UUID
    to_name: str = Field(description="Kantor yang dituju")
    to_masked: str = Field(description="Nomor tujuan, disamarkan")
    body: str = Field(description="Isi pesan; tidak memuat data pribadi")
    told_at: datetime
    sent_at: datetime | None
    ended_at: datetime | None
    reason_code: str | None

    @classmethod
    def of(cls, row: Message) -> "MessageOut":
        """From the row."""
        return cls(
            message_id=row.id,
            version=row.version,
            state=row.state,
            occasion=row.occasion,
            recipient=row.recipient,
            template=row.template,
            channel=row.channel,
            case_id=row.case_id,
            cause_fact_id=row.cause_fact_id,
            to_name=row.to_name,
            to_masked=row.to_masked,
            body=row.body,
            told_at=row.told_at,
            sent_at=row.sent_at,
            ended_at=row.ended_at,
            reason_code=row.reason_code,
        )


class MessagePage(BaseModel):
    """Messages by id; ``next_after`` is the cursor of the following page, if there is one."""

    items: list[MessageOut]
    next_after: UUID | None


class DeliveryReportIn(RequestBody):
    """What the gateway tells of a message: how it ended."""

    reference: UUID = Field(description="message_id yang dikirim sebagai reference")
    state: Literal["delivered", "failed"] = Field(description="Keadaan akhir pada gerbang pesan")
