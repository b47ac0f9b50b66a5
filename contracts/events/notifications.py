"""What notifications says: messages handed to a gateway and what became of them."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from contracts.envelope import Event, Sensitivity
from contracts.events.closing import ServiceAnswer
from contracts.fields import Code, Slug


class MessageFact(Event):
    """What every fact about a message tells: which text, by which channel, to what kind of recipient, because of what.

    `cause_fact_id` is the `factid` of the event the message tells about.
    """

    SENSITIVITY: ClassVar[Sensitivity] = Sensitivity.INTERNAL

    message_id: UUID
    template: Slug
    channel: Code
    recipient_kind: Code
    case_id: UUID | None = None
    cause_fact_id: UUID


class MessageSent(MessageFact):
    """The gateway took the message."""

    TYPE: ClassVar[str] = "notifications.message.sent.v1"


class MessageDelivered(MessageFact):
    """The gateway reported that the message reached the recipient's device."""

    TYPE: ClassVar[str] = "notifications.message.delivered.v1"


class MessageFailed(MessageFact):
    """The message could not be delivered."""

    TYPE: ClassVar[str] = "notifications.message.failed.v1"

    reason_code: Code


class ClosingAnswered(ServiceAnswer):
    """What of a case is still open in notifications."""

    TYPE: ClassVar[str] = "notifications.closing.answered.v1"
