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
    return "; ".join([*parts, f"jatuh {falls}", *_forecasts(days, due.astimezone(ZoneInfo(zone)).year, calendar, year)])


def _forecasts(days: Sequence[Day], due_year: int, calendar: Calendar, year: int) -> list[str]:
    """«perkiraan: …»: what of the span nobody has decreed yet, so that the deadline may still move."""
    unknown = [str(y) for y in range(min(year, due_year), due_year + 1) if not calendar.knows(y)]
    found = [f"keputusan hari libur {_listed(unknown)} belum dimuat"] if unknown else []
    reckoned = _days_off([day for day in days if day.off and day.off.is_forecast], year)
    if reckoned:
        found.append(f"{_listed(reckoned)} belum ditetapkan")
    return [f"perkiraan: {_listed(found)}"] if found else []


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


def decreed(before: Calendar, after: Calendar, first: date, last: date) -> str:
    """What a change of the calendar did to the days of a span, and on whose word; empty when it left them alone.

    «menurut SKB 3 Menteri 2027: 23–24 Maret 2027 (Cuti bersama Idulfitri) menjadi hari libur».
    """
    old, new = (
        {day.on: day for day in takewhile(lambda day: day.on <= last, days_from(first, calendar))}
        for calendar in (before, after)
    )
    changes: dict[tuple[str, str, str], list[date]] = {}
    for on, day in new.items():
        if (old[on].hours, old[on].off) != (day.hours, day.off) and (change := _change(old[on], day)):
            changes.setdefault(change, []).append(on)
    by_source: dict[str, list[str]] = {}
    for (source, name, becomes), days in changes.items():
        by_source.setdefault(source, []).append(f"{_say_runs(days)} ({name}) {becomes}")
    return "; ".join((f"menurut {source}: " if source else "") + _listed(said) for source, said in by_source.items())


def _change(old: Day, new: Day) -> tuple[str, str, str] | None:
    """Who said so, how it is called, and what the day became; nothing for a day that nobody works on anyway."""
    if new.worked:
        return new.worked.source, new.worked.name, "menjadi hari kerja"
    if new.off:
        return (new.off.source, new.off.name, "menjadi hari libur") if new.usual else None
    if old.off:
        return (old.off.source, old.off.name, "tidak lagi libur") if new.usual else None
    if old.worked:
        return old.worked.source, old.worked.name, "tidak lagi hari kerja"
    period = new.period or old.period
    return (
        (period.source, period.name, "berganti jam kerja") if period else ("", "jam kerja kantor", "berganti jam kerja")
    )


def _say_runs(days: Sequence[date]) -> str:
    """«23–24 Maret 2027 dan 2 April 2027»."""
    runs: list[list[date]] = []
    for on in days:
        if runs and (on - runs[-1][-1]).days == 1:
            runs[-1].append(on)
        else:
            runs.append([on])
    return _listed([_say_days(run[0], run[-1], 0) for run in runs])


def recompute_deadline(
    deadline: RunningDeadline,
    calendar: Calendar,
    zone: str,
    grace: timedelta,
    now: datetime,
    before: Calendar | None = None,
) -> Recomputed:
    """The deadline under a new calendar, from the same start.

    Once an escalation step was taken, the deadline it told of stands: escalation steps stay, the next keeps its number
    and its distance. A
    deadline that had passed not escalated before the decree moves only if the new one is still to come. One that the
    new calendar puts into the past falls after ``grace`` of working time from ``now``, never later than it was.
    ``before``: the calendar of until now, so that the sentence names the decree and the days that it changed.
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
        why = _decreed(deadline, due, before, calendar, zone)
        return _moved(deadline, due, effect, f"{why}tenggat {'mundur' if is_later else 'maju'}", zone)
    if deadline.due_at <= now:
        return _kept(deadline, DecreeEffect.ALREADY_PASSED, "tenggat sudah lewat sebelumnya dan tetap")
    granted = add_working_time(now, grace, calendar, zone)
    if granted >= deadline.due_at:
        return _kept(deadline, DecreeEffect.UNCHANGED, "tenggat tetap")
    why = _decreed(deadline, due, before, calendar, zone)
    passed = (
        f"{why}tenggat menurut kalender baru ({say_instant(due, zone)}) sudah lewat; dengan tenggang {say_span(grace)}"
    )
    return _moved(deadline, granted, DecreeEffect.GRACE_GIVEN, f"{passed} kerja, tenggat maju", zone)


def _decreed(deadline: RunningDeadline, due: datetime, before: Calendar | None, after: Calendar, zone: str) -> str:
    """The words of the decree within the span of the old deadline and the new one, ready to be gone on from."""
    local_zone = ZoneInfo(zone)
    first = deadline.started_at.astimezone(local_zone).date()
    last = max(deadline.due_at, due).astimezone(local_zone).date()
    found = decreed(before, after, first, last) if before is not None else ""
    return f"{found}; " if found else ""


def _kept(deadline: RunningDeadline, effect: DecreeEffect, reason: str) -> Recomputed:
    return Recomputed(deadline.due_at, deadline.due_at, effect, f"Kalender kerja berubah: {reason}.")


def _moved(deadline: RunningDeadline, due: datetime, effect: DecreeEffect, reason: str, zone: str) -> Recomputed:
    change = f"dari {say_instant(deadline.due_at, zone)} ke {say_instant(due, zone)}"
    return Recomputed(due, deadline.due_at, effect, f"Kalender kerja berubah: {reason} {change}.")
