"""Working time, both ways: what a span comes to, and where it ends. Instants in UTC, a day at a time.

A desk's open stretch includes both its opening and its closing minute: a promise may fall due as the door closes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from services.casework.office.directory.domain.calendars import (
    MIDNIGHT,
    WEEKDAYS,
    Calendar,
    DayOff,
    Hours,
    Period,
    WorkedDay,
)
from services.chassis.errors import Conflict

DAY = timedelta(days=1)
FURTHEST = timedelta(days=366 * 100)


class NoWorkingTime(Conflict):
    """A span of working time has no end within a century."""

    text = "Jam kerja pada kalender ini tidak pernah mencukupi."
    advice = "Minta operator memeriksa lamanya waktu dan kalender pada paket daerah."


@dataclass(frozen=True, slots=True)
class Day:
    """One local day as a calendar sees it: ``hours`` count, ``usual`` would have without the exception."""

    on: date
    hours: tuple[Hours, ...]
    usual: tuple[Hours, ...]
    period: Period | None
    off: DayOff | None
    worked: WorkedDay | None


def days_from(first: date, calendar: Calendar) -> Iterator[Day]:
    """Day after day, for a century. Raises ``NoWorkingTime`` then."""
    off = {off.day: off for off in reversed(calendar.days_off)}
    worked = {worked.day: worked for worked in calendar.worked_days}
    for number in range(FURTHEST.days):
        on = first + number * DAY
        period = next((period for period in calendar.periods if period.starts_on <= on <= period.ends_on), None)
        usual = (period or calendar).weekly.get(WEEKDAYS[on.weekday()], ())
        if exception := worked.get(on):
            yield Day(on, exception.hours, usual, None, None, exception)
        elif day_off := off.get(on):
            yield Day(on, (), usual, period, day_off, None)
        else:
            yield Day(on, usual, usual, period, None, None)
    raise NoWorkingTime


def instants(on: date, hours: Hours, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """When a stretch of a local day opens and closes, in UTC."""
    closing_day = on + DAY if hours.closes == MIDNIGHT else on
    opens = datetime.combine(on, hours.opens, zone).astimezone(UTC)
    return opens, datetime.combine(closing_day, hours.closes, zone).astimezone(UTC)


def _stretches(start: datetime, calendar: Calendar, zone: str) -> Iterator[tuple[datetime, datetime]]:
    """The open stretches from the day before ``start`` on: its last may close at the midnight on which we start."""
    local_zone = ZoneInfo(zone)
    for day in days_from(start.astimezone(local_zone).date() - DAY, calendar):
        for hours in day.hours:
            yield instants(day.on, hours, local_zone)


def add_working_time(start: datetime, amount: timedelta, calendar: Calendar, zone: str) -> datetime:
    """The instant at which ``amount`` of the calendar's working time has passed since ``start`` (both in UTC).

    Around the clock this is plain addition. Otherwise only open stretches count, in the desk's own zone; no time at
    all, asked for outside of them, ends at the next opening. Raises ``ValueError`` when the amount is negative,
    ``NoWorkingTime`` when a century does not hold it.
    """
    if amount < timedelta():
        raise ValueError("working time is added, never taken away")
    start = start.astimezone(UTC)
    if calendar.always_open:
        return start + amount
    left = amount
    for opens, closes in _stretches(start, calendar, zone):
        begins = max(opens, start)
        if begins > closes:
            continue
        if left <= closes - begins:
            return begins + left
        left -= closes - begins
    raise NoWorkingTime


def working_time_between(start: datetime, end: datetime, calendar: Calendar, zone: str) -> timedelta:
    """How much working time lies between two instants (in UTC); none when ``end`` is not after ``start``.

    What is left of a paused clock is its amount less this. Raises ``NoWorkingTime`` beyond a century.
    """
    if end <= start:
        return timedelta()
    if calendar.always_open:
        return end - start
    passed = timedelta()
    for opens, closes in _stretches(start, calendar, zone):
        if opens >= end:
            break
        passed += max(min(closes, end) - max(opens, start), timedelta())
    return passed
