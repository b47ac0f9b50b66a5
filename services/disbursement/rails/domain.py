"""The payment file. Pure functions: the same list always makes the same bytes."""

import csv
import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID


class RailIsAway(Exception):
    """The bank did not answer, or not clearly: ask again before sending again."""


BANK_HAS_OTHER_FILE = "BANK_HAS_OTHER_FILE"
"""The one refusal after which the bank may pay from a file of this batch all the same."""


@dataclass(frozen=True, slots=True)
class RailRefused:
    """The bank said no to the file; trying the same again is of no use."""

    reason_code: str


@dataclass(frozen=True, slots=True)
class RawStatement:
    """A statement as the bank gave it."""

    body: bytes
    media_type: str


class Rail(Protocol):
    """Whoever carries out payments."""

    async def submit(self, batch_id: UUID, body: bytes) -> RailRefused | None:
        """Hand in a batch's file once; nothing when it is there. Raises ``RailIsAway``."""
        ...

    async def statement(self, batch_id: UUID) -> RawStatement | None:
        """The statement about a file, once there is one. Raises ``RailIsAway``."""
        ...


HEADER = ("payment_id", "account_reference", "amount_rupiah")


@dataclass(frozen=True, slots=True)
class Order:
    """One payment as the bank gets it: no name, no NIK, no reason."""

    payment_id: UUID
    account_reference: str
    amount_rupiah: int


def payment_file(orders: Sequence[Order]) -> bytes:
    """The file for the bank: CSV, one line per payment, in the list's order."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    for order in orders:
        writer.writerow((order.payment_id, order.account_reference, order.amount_rupiah))
    return text.getvalue().encode()


def file_digest(body: bytes) -> str:
    """SHA-256 of the file."""
    return hashlib.sha256(body).hexdigest()
