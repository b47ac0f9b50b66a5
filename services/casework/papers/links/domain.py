"""What a link opens, for whom, how often and until when. Pure functions.

A link's token and its PIN follow from the link's id under a key that the database does not hold, and are kept as
digests only: whoever reads the rows opens no door, and an answer that is given again needs no stored secret.
"""

import base64
import hashlib
import hmac
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from services.casework.handoff.handoffs.domain import Move
from services.chassis.errors import Conflict, Forbidden

PIN_DIGITS = 6
ANSWERS = (Move.ACCEPT, Move.ACCEPT_CONDITIONALLY, Move.REJECT, Move.ARRIVE, Move.START, Move.COMPLETE)
"""What a receiver can answer through a link, in this order."""


class LinkState(StrEnum):
    """How a link stands, apart from its expiry."""

    OPEN = "open"
    USED = "used"
    LOCKED = "locked"
    REVOKED = "revoked"


class Standing(StrEnum):
    """What a link is for the browser that stands before it."""

    ASKS_PIN = "asks-pin"
    WRONG_PIN = "wrong-pin"
    OPENED = "opened"
    ANSWERED = "answered"
    USED = "used"
    EXPIRED = "expired"
    LOCKED = "locked"
    REVOKED = "revoked"
    ELSEWHERE = "elsewhere"


class LinkIsSpent(Conflict):
    """Used, locked, revoked or expired."""

    text = "Tautan ini tidak dapat dipakai lagi."
    advice = "Buat tautan baru untuk serah terima ini."


class LinkIsForOthers(Conflict):
    """The office answers on its own pages."""

    text = "Penerima serah terima ini adalah kantor sendiri; tautan tidak diperlukan."


class LinkIsForAnotherHandoff(Forbidden):
    """A link answers the one hand-off for which it was made."""

    text = "Tautan ini bukan untuk serah terima tersebut."


class AnswerIsNotByLink(Forbidden):
    """A move that no link makes."""

    text = "Jawaban ini tidak dapat diberikan lewat tautan."


class Door(Protocol):
    """What of a link's row decides."""

    state: str
    expires_at: datetime
    browser_digest: str | None


def standing(link: Door, browser_digest: str | None, now: datetime) -> Standing:
    """How a link stands for a browser; the answer stays shown in the browser that gave it, also past the expiry."""
    is_same = same(link.browser_digest, browser_digest)
    match LinkState(link.state):
        case LinkState.USED:
            return Standing.ANSWERED if is_same else Standing.USED
        case LinkState.LOCKED:
            return Standing.LOCKED
        case LinkState.REVOKED:
            return Standing.REVOKED
        case LinkState.OPEN:
            if link.expires_at <= now:
                return Standing.EXPIRED
            if link.browser_digest is None:
                return Standing.ASKS_PIN
            return Standing.OPENED if is_same else Standing.ELSEWHERE


def same(kept: str | None, given: str | None) -> bool:
    """Whether two digests are the same, told in constant time; nothing equals nothing."""
    return kept is not None and given is not None and hmac.compare_digest(kept.encode(), given.encode())


def secret_of(private_key: str) -> bytes:
    """The key of all doors, from the service's private key (base64)."""
    return hmac.digest(base64.b64decode(private_key), b"sigap doors", "sha256")


def token_of(secret: bytes, link_id: UUID) -> str:
    """The token of a link: 192 bits that nobody guesses without the key."""
    return base64.urlsafe_b64encode(hmac.digest(secret, b"token" + link_id.bytes, "sha256")[:24]).decode()


def pin_of(secret: bytes, link_id: UUID, number: int) -> str:
    """The n-th PIN of a link, six digits."""
    drawn = hmac.digest(secret, b"pin" + link_id.bytes + number.to_bytes(4, "big"), "sha256")
    return f"{int.from_bytes(drawn[:16], 'big') % 10**PIN_DIGITS:0{PIN_DIGITS}d}"


def pin_digest(secret: bytes, link_id: UUID, pin: str) -> str:
    """Under what a PIN is kept: with the key, so that a million tries on a stolen table find nothing."""
    return hmac.digest(secret, b"kept" + link_id.bytes + pin.encode(), "sha256").hex()


def digest_of(token: str) -> str:
    """Under what a token, or a browser's secret, is known."""
    return hashlib.sha256(token.encode()).hexdigest()


def csrf_of(browser_secret: str) -> str:
    """What a door's forms carry; only the browser that opened the door can show it."""
    return hmac.digest(browser_secret.encode(), b"form", "sha256").hex()


def check_answer(move: Move, handoff_id: UUID, link_handoff_id: UUID) -> None:
    """Raise ``LinkIsForAnotherHandoff`` or ``AnswerIsNotByLink``."""
    if handoff_id != link_handoff_id:
        raise LinkIsForAnotherHandoff
    if move not in ANSWERS:
        raise AnswerIsNotByLink
