"""Spans that people count by the calendar: «a month after» is no number of hours."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, PlainSerializer, TypeAdapter

from services.casework.office.directory.domain.calendars import Calendar
from services.casework.office.directory.domain.working_time import DAY, days_from

_MONTHS = re.compile(r"^P(\d{1,2})M$")
_EXACT = TypeAdapter(timedelta)


@dataclass(frozen=True, slots=True)
class CalendarSpan:
    """Whole ``months``, or an ``exact`` time; as text ISO 8601: P1M, P30D, PT8H."""

    months: int = 0
    exact: timedelta = timedelta()

    def __str__(self) -> str:
        return f"P{self.months}M" if self.months else str(_EXACT.dump_python(self.exact, mode="json"))


def _read(value: Any) -> Any:
    if isinstance(value, CalendarSpan):
        return value
    if isinstance(value, str) and (found := _MONTHS.match(value)):
        return CalendarSpan(months=int(found[1]))
    return CalendarSpan(exact=_EXACT.validate_python(value))


Span = Annotated[
    CalendarSpan,
    BeforeValidator(_read),
    PlainSerializer(str),
    Field(description="ISO 8601: whole months (P1M), or days and hours (P30D, PT8H)"),
]


def day_after(start: datetime, span: CalendarSpan, calendar: Calendar, zone: str) -> datetime:
    """The instant that lies a span after ``start``, in UTC; a day on which nobody works gives way to the next that is.

    Months end with the month: 31 January and a month is 28 February. Less than a day is added as it stands. The local
    time of day stays. Raises ``NoWorkingTime``.
    """
    if not span.months and span.exact < DAY:
        return start + span.exact
    local = start.astimezone(ZoneInfo(zone))
    on = _months_after(local.date(), span.months) if span.months else (local + span.exact).date()
    if not calendar.always_open:
        on = next(day.on for day in days_from(on, calendar) if day.hours)
    return datetime.combine(on, local.time(), ZoneInfo(zone)).astimezone(UTC)


def _months_after(on: date, months: int) -> date:
    year, month = divmod(on.year * 12 + on.month - 1 + months, 12)
    return date(year, month + 1, min(on.day, monthrange(year, month + 1)[1]))
