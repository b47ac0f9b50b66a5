"""What a channel is, and what it may answer. Pure values."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol
from uuid import UUID


class ChannelIsAway(Exception):
    """The gateway did not answer, or not clearly: ask again before sending again."""


class DeliveryState(StrEnum):
    """What the gateway says of a message."""

    UNDER_WAY = "UNDER_WAY"
    DELIVERED = "DELIVERED"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True)
class ChannelRefused:
    """The gateway will not take the message; trying the same again is of no use."""

    reason_code: str


class Channel(Protocol):
    """Whoever carries messages."""

    async def send(self, reference: UUID, to: str, text: str, *, is_first_try: bool) -> ChannelRefused | None:
        """Hand over a message once; nothing when it is there. Raises ``ChannelIsAway``."""
        ...

    async def state(self, reference: UUID) -> DeliveryState:
        """Where a message is. Raises ``ChannelIsAway``."""
        ...
