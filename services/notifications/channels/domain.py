"""What a channel is, and what it may answer. Pure values."""

import hashlib
import hmac
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from services.chassis.errors import Forbidden, Unauthenticated


class ChannelIsAway(Exception):
    """The gateway did not answer, or not clearly: ask again before sending again."""


class ReportIsNotSigned(Unauthenticated):
    """A delivery report without a signature, with another one, or signed too long ago or ahead of time."""

    text = "Laporan pengiriman ini tidak bertanda tangan gerbang pesan yang sah."
    advice = "Tandatangani waktu dan isi laporan dengan kunci bersama, lalu kirim pada waktu itu juga."


class ReportsAreNotTaken(Forbidden):
    """No secret is shared with a gateway here."""

    text = "Kantor ini tidak menerima laporan pengiriman dari gerbang pesan."
    advice = "Pasang kunci bersama pada pengaturan layanan, atau biarkan layanan menanyakan sendiri."


def signature_of(secret: str, timestamp: str, body: bytes) -> str:
    """HMAC-SHA-256 in hex over ``<timestamp>.<body>``; the timestamp in seconds since 1970, as it is sent."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def check_signature(secret: str, signature: str, timestamp: str, body: bytes, *, now: float, window: float) -> None:
    """Whether the gateway signed this within so many seconds of now; an older one may be somebody's copy.

    Raises ``ReportsAreNotTaken``, ``ReportIsNotSigned``.
    """
    if not secret:
        raise ReportsAreNotTaken
    is_signed = hmac.compare_digest(signature_of(secret, timestamp, body).encode(), signature.encode())
    if not is_signed or abs(now - int(timestamp)) > window:
        raise ReportIsNotSigned


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

    async def close(self) -> None:
        """Let go of what it holds."""
        ...

    async def state(self, reference: UUID) -> DeliveryState:
        """Where a message is. Raises ``ChannelIsAway``."""
        ...
