"""Steps of the message workflow: one command or one talk with the gateway each, safe to run twice."""

from temporalio import activity
from temporalio.exceptions import ApplicationError

from services.chassis.activities import acting
from services.chassis.sealing import CannotUnseal
from services.chassis.service import Running
from services.chassis.telemetry import tag_span
from services.notifications.channels.domain import Channel, ChannelIsAway, DeliveryState
from services.notifications.messages import commands
from services.notifications.messages.messages import MessageReading, MessageStart, Sending

GONE, UNREADABLE = "RECIPIENT_GONE", "PIN_UNREADABLE"


class MessageActivities:
    """Bound to the worker's units of work and the channel."""

    def __init__(self, running: Running, channel: Channel) -> None:
        self._running = running
        self._channel = channel

    @activity.defn(name="prepare_message")
    async def prepare_message(self, start: MessageStart) -> MessageReading:
        """Find the recipient, fill the text."""
        tag_span(message_id=str(start.message_id))
        return await acting(self._running, lambda uow: commands.prepare_message(start.message_id, uow))

    @activity.defn(name="send_message")
    async def send_message(self, start: MessageStart) -> Sending:
        """Hand the message to the gateway, once."""
        tag_span(message_id=str(start.message_id))
        private_key = self._running.settings.sealing_private_key
        try:
            addressed = await acting(self._running, lambda uow: commands.address_of(start.message_id, uow, private_key))
        except CannotUnseal:
            return Sending(message_id=start.message_id, refusal=UNREADABLE)
        if addressed is None:
            return Sending(message_id=start.message_id, refusal=GONE)
        try:
            refused = await self._channel.send(start.message_id, addressed.to, addressed.body)
        except ChannelIsAway:
            raise ApplicationError("ChannelIsAway", type="ChannelIsAway") from None
        return Sending(message_id=start.message_id, refusal=refused.reason_code if refused else "")

    @activity.defn(name="record_message_sent")
    async def record_message_sent(self, sending: Sending) -> MessageReading:
        """The gateway has it, or refuses it."""
        tag_span(message_id=str(sending.message_id))
        return await acting(self._running, lambda uow: commands.record_sent(sending, uow))

    @activity.defn(name="check_delivery")
    async def check_delivery(self, start: MessageStart) -> MessageReading:
        """Ask the gateway whether the message arrived."""
        tag_span(message_id=str(start.message_id))
        try:
            state = await self._channel.state(start.message_id)
        except ChannelIsAway:
            raise ApplicationError("ChannelIsAway", type="ChannelIsAway") from None
        was_delivered = {DeliveryState.DELIVERED: True, DeliveryState.FAILED: False}.get(state)
        return await acting(self._running, lambda uow: commands.record_report(start.message_id, was_delivered, uow))
