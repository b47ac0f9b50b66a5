"""The duty roster's rules. Pure functions."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from services.chassis.errors import Conflict, Invalid

LONGEST_SHIFT = timedelta(days=7)


class ShiftIsTurnedRound(Invalid):
    """It must end after it starts, within a week."""

    text = "Waktu jaga tidak sah."
    advice = "Isi ends_at setelah starts_at, paling lama tujuh hari sesudahnya."


class NothingToHandOver(Conflict):
    """No claimed item of the desk is in this officer's hands."""

    text = "Tidak ada butir meja ini yang sedang Anda tangani."


def check_shift(starts_at: datetime, ends_at: datetime) -> None:
    """Raises ``ShiftIsTurnedRound``."""
    if not timedelta(0) < ends_at - starts_at <= LONGEST_SHIFT:
        raise ShiftIsTurnedRound


def empty_since(now: datetime, last_ended_at: datetime | None, zone: str) -> datetime:
    """Since when a desk has been empty: the end of the last turn, or where that lies further back, this day's start."""
    midnight = now.astimezone(ZoneInfo(zone)).replace(hour=0, minute=0, second=0, microsecond=0).astimezone(now.tzinfo)
    return max(midnight, last_ended_at) if last_ended_at is not None else midnight


def claim_ends_at(now: datetime, shift_ends_at: datetime | None, lasts: timedelta) -> datetime:
    """A claim lapses with the shift of whoever made it; without a roster, after the desk's usual span."""
    return shift_ends_at if shift_ends_at is not None and shift_ends_at > now else now + lasts
