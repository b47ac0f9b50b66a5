"""What is said about messages."""

from typing import Any

from contracts.events.notifications import MessageDelivered, MessageFailed, MessageSent
from services.notifications.messages.tables import Message


def _essentials(message: Message) -> dict[str, Any]:
    return {
        "message_id": message.id,
        "template": message.template,
        "channel": message.channel,
        "recipient_kind": message.recipient,
        "case_id": message.case_id,
        "cause_fact_id": message.cause_fact_id,
    }


def message_sent(message: Message) -> MessageSent:
    """The gateway took it."""
    return MessageSent(**_essentials(message))


def message_delivered(message: Message) -> MessageDelivered:
    """It reached the telephone."""
    return MessageDelivered(**_essentials(message))


def message_failed(message: Message, reason_code: str) -> MessageFailed:
    """It did not."""
    return MessageFailed(**_essentials(message), reason_code=reason_code)
