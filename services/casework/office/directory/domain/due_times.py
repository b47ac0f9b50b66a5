"""Due instants in words, and what a decree that changes the calendar makes of them (`handoff.md` §3)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import takewhile
from zoneinfo import ZoneInfo

from services.casework.office.directory.domain.calendars import Calendar, Period
from services.casework.office.directory.domain.working_time import Day, add_working_time, days_from, instants

WEEKDAY_NAMES = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
MONTH_NAMES = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni",
    "Juli", "Agustus", "September", "Oktober", "November", "Desember",
)  # fmt: skip
ZONE_NAMES = {"Asia/Jakarta": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}


def explain_deadline(start: datetime, amount: timedelta, calendar: Calendar, zone: str, desk: str) -> str:
    """One sentence that lets anybody check a deadline with a wall calendar.

    «4 jam kerja sejak Jumat 20 November 2026 14.00 WIB menurut jam kerja kantor Bidang Rehabilitasi Sosial;
    Sabtu–Minggu tidak dihitung; jatuh Senin 23 November 2026 09.30 WIB». Only days and hours that the span passed are
    named. Raises what ``add_working_time`` raises.
    """
    due = add_working_time(start, amount, calendar, zone)
    since, falls = say_instant(start, zone), say_instant(due, zone)
    if calendar.always_open:
        return f"{say_span(amount)} sejak {since} menurut jaga 24 jam {desk}; semua jam dihitung; jatuh {falls}"
    parts = [f"{say_span(amount)} kerja sejak {since} menurut {calendar.name} {desk}"]
    days = _days_passed(start, due, calendar, zone)
    year = start.astimezone(ZoneInfo(zone)).year
    if not_counted := [*_closed_weekdays(days), *_days_off(days, year)]:
        parts.append(f"{_listed(not_counted)} tidak dihitung")
    if special := _special_hours(days, year):
        parts.append(f"{_listed(special)} berlaku")
    if worked := [f"{_say_weekday(day.on, year)} ({day.worked.name})" for day in days if day.worked]:
        parts.append(f"{_listed(worked)} dihitung")
    return "; ".join([*parts, f"jatuh {falls}"])


def _days_passed(start: datetime, due: datetime, calendar: Calendar, zone: str) -> list[Day]:
    """The local days of a span; of the first only if its usual hours were not over yet."""
    local_zone = ZoneInfo(zone)
    first, last = start.astimezone(local_zone).date(), due.astimezone(local_zone).date()
    days = list(takewhile(lambda day: day.on <= last, days_from(first, calendar)))
    hours = days[0].hours or days[0].usual
    is_over = bool(hours) and instants(first, hours[-1], local_zone)[1] <= start < due
    return days[1:] if is_over else days


def _closed_weekdays(days: Iterable[Day]) -> list[str]:
    """«Sabtu–Minggu»: the weekdays without hours, neighbours joined."""
    closed = sorted({day.on.weekday() for day in days if not day.usual and not day.worked})
    runs: list[list[int]] = []
    for weekday in closed:
        if runs and runs[-1][-1] == weekday - 1:
            runs[-1].append(weekday)
        else:
            runs.append([weekday])
    return ["–".join(WEEKDAY_NAMES[end] for end in dict.fromkeys((run[0], run[-1]))) for run in runs]


def _days_off(days: Iterable[Day], year: int) -> list[str]:
    """«23–24 Maret (Cuti Bersama Idulfitri)»: days off on which the desk would have worked, neighbours joined."""
    runs: list[tuple[str, list[date]]] = []
    for day in days:
        if day.off is None or not day.usual:
            continue
        if runs and runs[-1][0] == day.off.name and (day.on - runs[-1][1][-1]).days == 1:
            runs[-1][1].append(day.on)
        else:
            runs.append((day.off.name, [day.on]))
    return [f"{_say_days(on[0], on[-1], year)} ({name})" for name, on in runs]


def _special_hours(days: Iterable[Day], year: int) -> list[str]:
    """«jam kerja Ramadan 1447 H (19 Februari–20 Maret)»: the periods whose hours counted."""
    periods: dict[str, Period] = {day.period.name: day.period for day in days if day.period and day.hours}
    return [f"{name} ({_say_days(it.starts_on, it.ends_on, year)})" for name, it in periods.items()]


def say_instant(instant: datetime, zone: str) -> str:
    """«Jumat 20 November 2026 14.00 WIB»."""
    local = instant.astimezone(ZoneInfo(zone))
    return f"{_say_weekday(local.date())} {local:%H.%M} {ZONE_NAMES[zone]}"


def say_span(amount: timedelta) -> str:
    """«1 jam 30 menit»: hours, minutes and seconds, as a desk's clock counts them."""
    minutes, seconds = divmod(int(amount.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    parts = [f"{number} {unit}" for number, unit in ((hours, "jam"), (minutes, "menit"), (seconds, "detik")) if number]
    return " ".join(parts) or "0 menit"


def _say_weekday(on: date, year: int | None = None) -> str:
    return f"{WEEKDAY_NAMES[on.weekday()]} {_say_day(on, year)}"


def _say_day(on: date, year: int | None = None) -> str:
    day = f"{on.day} {MONTH_NAMES[on.month - 1]}"
    return day if on.year == year else f"{day} {on.year}"


def _say_days(first: date, last: date, year: int) -> str:
    if first == last:
        return _say_day(first, year)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{_say_day(last, year)}"
    return f"{_say_day(first, year if first.year != last.year else last.year)}–{_say_day(last, year)}"


def _listed(items: Sequence[str]) -> str:
    """«a», «a dan b», «a, b, dan c»."""
    if len(items) < 3:
        return " dan ".join(items)
    return f"{', '.join(items[:-1])}, dan {items[-1]}"


class DecreeEffect(StrEnum):
    """What a change of the calendar does to a running deadline."""

    UNCHANGED = "UNCHANGED"
    MOVED_LATER = "MOVED_LATER"
    MOVED_EARLIER = "MOVED_EARLIER"
    GRACE_GIVEN = "GRACE_GIVEN"
    ALREADY_PASSED = "ALREADY_PASSED"
    ESCALATION_STANDS = "ESCALATION_STANDS"


@dataclass(frozen=True, slots=True)
class RunningDeadline:
    """A deadline as its row holds it: since when, for how much working time, until when, and how many escalation steps
    rang.

    A deadline that was paused starts where it was resumed, with what was left.
    """

    started_at: datetime
    amount: timedelta
    due_at: datetime
    escalations: int


@dataclass(frozen=True, slots=True)
class Recomputed:
    """The deadline after a decree, what it was, what happened to it, and the sentence that says so."""

    due_at: datetime
    was_due_at: datetime
    effect: DecreeEffect
    why: str

    @property
    def is_moved(self) -> bool:
        """Whether the row and its timer need the new instant."""
        return self.due_at != self.was_due_at


def recompute_deadline(
    deadline: RunningDeadline, calendar: Calendar, zone: str, grace: timedelta, now: datetime
) -> Recomputed:
    """The deadline under a new calendar, from the same start.

    Once an escalation step was taken, the deadline it told of stands: escalation steps stay, the next keeps its number
    and its distance. A
    deadline that had passed not escalated before the decree moves only if the new one is still to come. One that the
    new calendar puts into the past falls after ``grace`` of working time from ``now``, never later than it was.
    """
    if deadline.escalations:
        return _kept(
            deadline, DecreeEffect.ESCALATION_STANDS, "peringatan sudah berbunyi; tenggat dan peringatan tetap"
        )
    due = add_working_time(deadline.started_at, deadline.amount, calendar, zone)
    if due > now:
        if due == deadline.due_at:
            return _kept(deadline, DecreeEffect.UNCHANGED, "tenggat tetap")
        is_later = due > deadline.due_at
        effect = DecreeEffect.MOVED_LATER if is_later else DecreeEffect.MOVED_EARLIER
        return _moved(deadline, due, effect, f"tenggat {'mundur' if is_later else 'maju'}", zone)
    if deadline.due_at <= now:
        return _kept(deadline, DecreeEffect.ALREADY_PASSED, "tenggat sudah lewat sebelumnya dan tetap")
    granted = add_working_time(now, grace, calendar, zone)
    if granted >= deadline.due_at:
        return _kept(deadline, DecreeEffect.UNCHANGED, "tenggat tetap")
    passed = f"tenggat menurut kalender baru ({say_instant(due, zone)}) sudah lewat; dengan tenggang {say_span(grace)}"
    return _moved(deadline, granted, DecreeEffect.GRACE_GIVEN, f"{passed} kerja, tenggat maju", zone)


def _kept(deadline: RunningDeadline, effect: DecreeEffect, reason: str) -> Recomputed:
    return Recomputed(deadline.due_at, deadline.due_at, effect, f"Kalender kerja berubah: {reason}.")


def _moved(deadline: RunningDeadline, due: datetime, effect: DecreeEffect, reason: str, zone: str) -> Recomputed:
    change = f"dari {say_instant(deadline.due_at, zone)} ke {say_instant(due, zone)}"
    return Recomputed(due, deadline.due_at, effect, f"Kalender kerja berubah: {reason} {change}.")
