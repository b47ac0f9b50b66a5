"""A month after is a date of the calendar, on a day on which somebody works."""

from datetime import UTC, datetime, time, timedelta

import pytest
from pydantic import TypeAdapter, ValidationError

from services.casework.office.directory.domain import Calendar, CalendarSpan, DayOff, DayOffKind, Hours, day_after
from services.casework.office.directory.domain.calendar_spans import Span

ZONE = "Asia/Jakarta"
HOURS = (Hours(opens=time(8), closes=time(15)),)
WEEK = Calendar(weekly=dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), HOURS))
SPANS: TypeAdapter[CalendarSpan] = TypeAdapter(Span)


def at(text: str) -> datetime:
    """A local time of Lamongan."""
    return datetime.fromisoformat(f"{text}+07:00")


@pytest.mark.parametrize(
    ("start", "span", "falls"),
    [
        ("2028-01-31 10:00", "P1M", "2028-02-29 10:00"),
        ("2026-01-31 10:00", "P1M", "2026-03-02 10:00"),
        ("2026-01-30 10:00", "P1M", "2026-03-02 10:00"),
        ("2026-01-31 10:00", "P3M", "2026-04-30 10:00"),
        ("2026-08-31 10:00", "P6M", "2027-03-01 10:00"),
        ("2026-12-15 23:30", "P1M", "2027-01-15 23:30"),
        ("2026-11-02 10:00", "P30D", "2026-12-02 10:00"),
        ("2026-11-05 10:00", "P30D", "2026-12-07 10:00"),
        ("2026-11-06 20:00", "PT8H", "2026-11-07 04:00"),
    ],
)
def test_a_span_ends_on_a_working_day_of_the_calendar(start: str, span: str, falls: str) -> None:
    """28 February 2026 is a Saturday."""
    assert day_after(at(start), SPANS.validate_python(span), WEEK, ZONE) == at(falls)


def test_a_day_off_gives_way_and_an_open_calendar_does_not() -> None:
    off = DayOff(day=at("2026-03-02 00:00").date(), kind=DayOffKind.NATIONAL, name="Libur uji", source="SKB uji")
    closed = WEEK.model_copy(update={"days_off": (off,)})
    month = CalendarSpan(months=1)
    assert day_after(at("2026-01-31 10:00"), month, closed, ZONE) == at("2026-03-03 10:00")
    assert day_after(at("2026-01-31 10:00"), month, Calendar(always_open=True), ZONE) == at("2026-02-28 10:00")


def test_the_day_is_the_districts() -> None:
    late = datetime(2026, 1, 30, 18, 0, tzinfo=UTC)
    assert day_after(late, CalendarSpan(months=1), Calendar(always_open=True), ZONE) == at("2026-02-28 01:00")


@pytest.mark.parametrize("text", ["P1M", "P12M", "P30D", "PT8H"])
def test_a_span_is_written_as_it_was_read(text: str) -> None:
    assert SPANS.dump_python(SPANS.validate_python(text), mode="json") == text


@pytest.mark.parametrize("text", ["P1", "ein Monat", "PM"])
def test_what_is_no_span_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        SPANS.validate_python(text)


def test_an_exact_span_is_a_time() -> None:
    assert SPANS.validate_python("P30D").exact == timedelta(days=30)
