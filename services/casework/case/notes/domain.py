"""Kinds of notes, and when one can have happened. Pure functions."""

from datetime import datetime, timedelta
from enum import StrEnum

from services.chassis.errors import Conflict, Invalid


class NoteKind(StrEnum):
    """What a note tells of."""

    VISIT = "VISIT"
    CALL = "CALL"
    REMARK = "REMARK"
    SUPERVISION = "SUPERVISION"


CLOCK_TOLERANCE = timedelta(minutes=10)


class NotYetHappened(Invalid):
    """A note tells of what was."""

    text = "Waktu pada catatan berada di masa depan."
    advice = "Periksa tanggal dan jamnya, lalu kirim kembali."


class NoteWasCorrected(Conflict):
    """Only the newest wording is corrected, so that each has one that follows."""

    text = "Catatan ini sudah diperbaiki."
    advice = "Buka halaman catatan dan perbaiki yang terbaru."


def check_happened_at(happened_at: datetime, now: datetime) -> None:
    """Raise ``NotYetHappened``; ten minutes of clock error are forgiven."""
    if happened_at > now + CLOCK_TOLERANCE:
        raise NotYetHappened
