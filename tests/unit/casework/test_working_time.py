"""Working time against a wall calendar of three years, and what holds for every calendar."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.casework.office.directory.domain import (
    WEEKDAYS,
    Calendar,
    DayOff,
    DayOffKind,
    Hours,
    NoWorkingTime,
    Period,
    WorkedDay,
    add_working_time,
    working_time_between,
)
from tests.support.packs import LAMONGAN_PACK, THREE_ZONES_PACK, casework_pack

PACKS = {pack.district: pack for pack in map(casework_pack, (LAMONGAN_PACK, THREE_ZONES_PACK))}
ZONES = {"WIB": "Asia/Jakarta", "WITA": "Asia/Makassar", "WIT": "Asia/Jayapura"}
OFFICE = ("35.24", "dinsos-lamongan", "rehsos")
DUTY = ("35.24", "dinsos-lamongan", "piket")
EAST = ("91.99", "dinsos-ujung", "rehsos")
NIGHT = ("91.99", "dinsos-ujung", "malam")
MIDDLE = ("91.99", "puskesmas-tengah", "loket")
WEST = ("91.99", "panti-barat", "penerimaan")

# desk, start, hours:minutes of working time, due
BY_HAND = [
    # Office: Mon–Thu 07.00–12.00 and 13.00–15.30, Fri 06.30–11.30 and 13.00–15.30.
    (OFFICE, "2024-12-31 15:00 WIB", "1:00", "2025-01-02 07:30 WIB"),  # Tue, New Year
    (OFFICE, "2025-01-24 15:00 WIB", "2:00", "2025-01-30 08:30 WIB"),  # Fri, Isra Mikraj, leave, Imlek
    (OFFICE, "2025-02-28 11:00 WIB", "1:00", "2025-02-28 13:30 WIB"),  # across the Friday prayer
    # Ramadan 1446: Mon–Thu 08.00–12.00 and 12.30–15.00, Fri 08.00–11.30 and 12.30–15.30.
    (OFFICE, "2025-02-28 15:00 WIB", "1:00", "2025-03-03 08:30 WIB"),  # Fri before, Mon in Ramadan
    (OFFICE, "2025-03-07 11:00 WIB", "1:00", "2025-03-07 13:00 WIB"),  # Ramadan Friday
    (OFFICE, "2025-03-06 11:30 WIB", "1:00", "2025-03-06 13:00 WIB"),  # across the short break
    (OFFICE, "2025-03-27 14:00 WIB", "2:00", "2025-04-08 08:00 WIB"),  # Nyepi and Idulfitri, 11 days away
    (OFFICE, "2025-04-17 15:30 WIB", "0:30", "2025-04-21 07:30 WIB"),  # closing minute, Good Friday
    (OFFICE, "2025-04-30 13:00 WIB", "4:00", "2025-05-02 08:00 WIB"),  # Labour Day, then an early Friday
    (OFFICE, "2025-05-09 15:00 WIB", "1:00", "2025-05-14 07:30 WIB"),  # Waisak and leave
    (OFFICE, "2025-05-28 15:00 WIB", "8:00", "2025-06-02 15:30 WIB"),  # falls as the door closes
    (OFFICE, "2025-06-05 12:30 WIB", "3:00", "2025-06-10 07:30 WIB"),  # asked at noon; Iduladha and leave
    (OFFICE, "2025-06-26 15:29 WIB", "0:02", "2025-06-30 07:01 WIB"),  # one minute before, one after a long weekend
    (OFFICE, "2025-08-15 15:00 WIB", "1:00", "2025-08-19 07:30 WIB"),  # leave on the Monday after a Sunday's holiday
    (OFFICE, "2025-09-04 06:00 WIB", "7:30", "2025-09-04 15:30 WIB"),  # a whole day, asked before the door opens
    (OFFICE, "2025-12-24 15:00 WIB", "8:00", "2025-12-29 15:30 WIB"),  # Christmas and leave
    (OFFICE, "2025-12-31 15:30 WIB", "0:00", "2025-12-31 15:30 WIB"),  # no time at all, on the closing minute
    (OFFICE, "2025-12-31 15:31 WIB", "0:00", "2026-01-02 06:30 WIB"),  # no time at all, a minute late
    (OFFICE, "2026-01-15 14:30 WIB", "2:00", "2026-01-19 08:00 WIB"),  # Isra Mikraj on a Friday
    (OFFICE, "2026-02-13 15:00 WIB", "1:00", "2026-02-18 07:30 WIB"),  # leave and Imlek
    # Ramadan 1447 from Thursday 19 February.
    (OFFICE, "2026-02-18 15:00 WIB", "1:00", "2026-02-19 08:30 WIB"),
    (OFFICE, "2026-02-20 08:00 WIB", "6:30", "2026-02-20 15:30 WIB"),  # a whole Ramadan Friday
    (OFFICE, "2026-02-20 15:30 WIB", "0:01", "2026-02-23 08:01 WIB"),
    (OFFICE, "2026-03-17 14:00 WIB", "2:00", "2026-03-25 08:00 WIB"),  # Nyepi, Idulfitri, leave on both sides
    (OFFICE, "2026-03-16 14:00 WIB", "40:00", "2026-03-31 09:30 WIB"),  # from Ramadan hours into usual ones
    (OFFICE, "2026-03-19 10:00 WIB", "1:00", "2026-03-25 08:00 WIB"),  # asked on Nyepi
    (OFFICE, "2026-04-02 15:00 WIB", "1:00", "2026-04-06 07:30 WIB"),
    (OFFICE, "2026-04-30 15:00 WIB", "1:00", "2026-05-04 07:30 WIB"),
    (OFFICE, "2026-05-13 15:00 WIB", "1:00", "2026-05-18 07:30 WIB"),  # Ascension and leave
    (OFFICE, "2026-05-26 15:00 WIB", "1:00", "2026-05-29 07:00 WIB"),  # Iduladha and leave, an early Friday
    (OFFICE, "2026-05-29 15:00 WIB", "1:00", "2026-06-02 07:30 WIB"),  # Waisak on Sunday, Pancasila on Monday
    (OFFICE, "2026-06-15 15:00 WIB", "1:00", "2026-06-17 07:30 WIB"),
    (OFFICE, "2026-08-14 13:00 WIB", "3:00", "2026-08-18 07:30 WIB"),
    (OFFICE, "2026-08-24 15:15 WIB", "0:30", "2026-08-26 07:15 WIB"),
    (OFFICE, "2026-11-20 14:00 WIB", "4:00", "2026-11-23 09:30 WIB"),
    (OFFICE, "2026-11-21 10:00 WIB", "0:00", "2026-11-23 07:00 WIB"),  # no time at all, on a Saturday
    (OFFICE, "2026-11-22 23:59 WIB", "0:01", "2026-11-23 07:01 WIB"),
    (OFFICE, "2026-12-23 14:00 WIB", "40:00", "2027-01-06 08:00 WIB"),  # Christmas, New Year, Isra Mikraj
    (OFFICE, "2026-12-31 15:00 WIB", "1:00", "2027-01-04 07:30 WIB"),
    # Ramadan 1448 from Monday 8 February.
    (OFFICE, "2027-02-04 15:00 WIB", "1:00", "2027-02-08 08:30 WIB"),  # leave before Imlek on a Saturday
    (OFFICE, "2027-03-05 15:00 WIB", "1:00", "2027-03-16 07:30 WIB"),  # Nyepi, Idulfitri, leave
    (OFFICE, "2027-03-24 15:00 WIB", "1:00", "2027-03-29 07:30 WIB"),
    (OFFICE, "2027-05-05 15:00 WIB", "1:00", "2027-05-07 07:00 WIB"),
    (OFFICE, "2027-05-14 15:00 WIB", "1:00", "2027-05-21 07:00 WIB"),  # Iduladha, two leaves, Waisak
    (OFFICE, "2027-12-23 15:00 WIB", "1:00", "2027-12-27 07:30 WIB"),
    (DUTY, "2027-05-18 23:30 WIB", "2:00", "2027-05-19 01:30 WIB"),
    # Across zones: what is asked here counts on the wall clock there.
    (EAST, "2026-03-02 06:00 WIB", "4:00", "2026-03-02 12:00 WIT"),
    (WEST, "2026-03-02 09:00 WIT", "1:00", "2026-03-02 08:30 WIB"),  # 07.00 there, not open yet
    (WEST, "2026-03-02 18:30 WIT", "1:00", "2026-03-03 08:30 WIB"),  # 16.30 there, just closed
    (MIDDLE, "2026-03-07 12:00 WIT", "2:00", "2026-03-09 08:30 WITA"),  # a Saturday worked every week
    (MIDDLE, "2026-12-24 13:00 WITA", "2:00", "2026-12-26 09:00 WITA"),  # keeps Christmas, not the joint leave
    (MIDDLE, "2026-12-31 23:30 WIT", "1:00", "2027-01-01 09:00 WITA"),
    (EAST, "2026-02-04 15:30 WIT", "1:00", "2026-02-06 08:00 WIT"),  # a day off of the district's own
    (EAST, "2026-12-11 16:00 WIT", "1:00", "2026-12-12 08:30 WIT"),  # a Saturday worked in exception
    (EAST, "2026-12-12 12:00 WIT", "0:30", "2026-12-14 08:00 WIT"),
    (NIGHT, "2026-03-02 23:00 WIT", "3:00", "2026-03-03 02:00 WIT"),  # a night watch, over midnight
    (NIGHT, "2026-03-02 23:00 WIT", "1:00", "2026-03-03 00:00 WIT"),
    (NIGHT, "2026-03-03 00:00 WIT", "0:00", "2026-03-03 00:00 WIT"),
    (NIGHT, "2026-03-03 06:30 WIT", "1:00", "2026-03-03 23:00 WIT"),
]  # fmt: skip


def instant(text: str) -> datetime:
    wall, zone = text.rsplit(" ", 1)
    return datetime.strptime(wall, "%Y-%m-%d %H:%M").replace(tzinfo=ZoneInfo(ZONES[zone])).astimezone(UTC)


def span(text: str) -> timedelta:
    hours, minutes = text.split(":")
    return timedelta(hours=int(hours), minutes=int(minutes))


@pytest.mark.parametrize(("desk", "start", "amount", "due"), BY_HAND)
def test_deadlines_counted_by_hand_on_a_wall_calendar(
    desk: tuple[str, str, str], start: str, amount: str, due: str
) -> None:
    district, agency, code = desk
    pack = PACKS[district]
    calendar, zone = pack.calendar_of(agency, code), pack.zone_of(agency)
    assert add_working_time(instant(start), span(amount), calendar, zone) == instant(due)
    assert working_time_between(instant(start), instant(due), calendar, zone) == span(amount)


def test_a_year_of_the_office_has_the_hours_that_its_days_add_up_to() -> None:
    """2026 by hand: 261 weekdays less 21 days off on weekdays; 19 of the 240 keep Ramadan hours."""
    pack = PACKS["35.24"]
    year = (instant("2026-01-01 00:00 WIB"), instant("2027-01-01 00:00 WIB"))
    found = working_time_between(*year, pack.calendar_of("dinsos-lamongan", "rehsos"), pack.zone)
    assert found == timedelta(hours=(240 - 19) * 7.5 + 19 * 6.5)


@st.composite
def stretches(draw: st.DrawFn) -> tuple[Hours, ...]:
    cuts = draw(st.lists(st.integers(0, 96), unique=True, max_size=6).map(sorted))
    ends = [time(quarter // 4 % 24, quarter % 4 * 15) for quarter in cuts]
    return tuple(Hours(opens=opens, closes=closes) for opens, closes in zip(ends[::2], ends[1::2], strict=False))


weeks = st.fixed_dictionaries({day: stretches() for day in WEEKDAYS}).filter(lambda week: any(week.values()))
days = st.dates(date(2026, 1, 1), date(2026, 3, 31))


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    first, last = sorted((draw(days), draw(days)))
    return Calendar(
        weekly=draw(weeks),
        periods=draw(
            st.lists(
                weeks.map(lambda week: Period(name="p", starts_on=first, ends_on=last, weekly=week, source="")),
                max_size=1,
            )
        ),
        days_off=[
            DayOff(day=day, kind=DayOffKind.LOCAL, name="libur", source="") for day in draw(st.sets(days, max_size=20))
        ],
        worked_days=[
            WorkedDay(day=day, name="masuk", hours=hours, source="")
            for day, hours in draw(st.dictionaries(days, stretches().filter(bool), max_size=3)).items()
        ],
    )


zones = st.sampled_from(sorted(ZONES.values()))
starts = st.timedeltas(timedelta(), timedelta(days=104)).map(lambda after: datetime(2025, 12, 25, tzinfo=UTC) + after)
amounts = st.one_of(
    st.just(timedelta()),
    st.integers(0, 14 * 24).map(lambda quarters: timedelta(minutes=15 * quarters)),
    st.timedeltas(timedelta(), timedelta(hours=100)),
)


def is_open(moment: datetime, calendar: Calendar, zone: str) -> bool:
    """Whether the desk is open at an instant, both ends of a stretch included, told without the code under test."""
    local = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    for on in (local.date(), local.date() - timedelta(days=1)):
        worked = [worked.hours for worked in calendar.worked_days if worked.day == on]
        period = [period.weekly for period in calendar.periods if period.starts_on <= on <= period.ends_on]
        usual = () if any(off.day == on for off in calendar.days_off) else [*period, calendar.weekly][0]
        for hours in worked[0] if worked else dict(usual).get(WEEKDAYS[on.weekday()], ()):
            closes = datetime.combine(on, hours.closes)
            closes += timedelta(days=hours.closes == time(0))
            if datetime.combine(on, hours.opens) <= local <= closes:
                return True
    return False


@given(starts, amounts, calendars(), zones)
def test_a_deadline_falls_while_the_desk_is_open_and_never_before_its_start(
    start: datetime, amount: timedelta, calendar: Calendar, zone: str
) -> None:
    due = add_working_time(start, amount, calendar, zone)
    assert due >= start + amount
    assert is_open(due, calendar, zone)


@given(starts, amounts, calendars(), zones)
def test_between_a_start_and_its_deadline_lies_just_the_amount(
    start: datetime, amount: timedelta, calendar: Calendar, zone: str
) -> None:
    due = add_working_time(start, amount, calendar, zone)
    assert working_time_between(start, due, calendar, zone) == amount


@given(starts, amounts, amounts, calendars(), zones)
def test_two_steps_end_where_one_does(
    start: datetime, first: timedelta, second: timedelta, calendar: Calendar, zone: str
) -> None:
    half_way = add_working_time(start, first, calendar, zone)
    assert add_working_time(half_way, second, calendar, zone) == add_working_time(start, first + second, calendar, zone)


@given(starts, starts, amounts, amounts, calendars(), zones)
def test_who_starts_later_or_has_more_time_is_never_due_earlier(
    one: datetime, other: datetime, less: timedelta, more: timedelta, calendar: Calendar, zone: str
) -> None:
    (one, other), (less, more) = sorted((one, other)), sorted((less, more))
    due = add_working_time(one, less, calendar, zone)
    assert due <= add_working_time(other, less, calendar, zone)
    longer = add_working_time(one, more, calendar, zone)
    assert (due < longer) if less < more else (due == longer)


@given(starts, st.integers(0, 30 * 60), calendars(), zones)
def test_working_time_is_the_number_of_open_minutes(
    start: datetime, minutes: int, calendar: Calendar, zone: str
) -> None:
    start = start.replace(second=0, microsecond=0)
    half = timedelta(seconds=30)
    opened = sum(is_open(start + timedelta(minutes=n) + half, calendar, zone) for n in range(minutes))
    found = working_time_between(start, start + timedelta(minutes=minutes), calendar, zone)
    assert found == timedelta(minutes=opened)


@given(starts, starts, amounts, zones)
def test_a_desk_on_duty_counts_every_hour(start: datetime, end: datetime, amount: timedelta, zone: str) -> None:
    duty = Calendar(always_open=True)
    assert add_working_time(start, amount, duty, zone) == start + amount
    assert working_time_between(start, end, duty, zone) == max(end - start, timedelta())


def test_deadlines_come_out_in_utc_whatever_zone_the_start_is_in() -> None:
    start = instant("2026-03-02 09:00 WIT").astimezone(ZoneInfo("Asia/Jayapura"))
    for calendar in (Calendar(always_open=True), PACKS["91.99"].calendar_of("dinsos-ujung", "rehsos")):
        assert add_working_time(start, timedelta(hours=1), calendar, "Asia/Jayapura").tzinfo is UTC


def test_time_is_never_taken_away_and_a_century_is_the_limit() -> None:
    start = instant("2026-03-02 09:00 WIB")
    weekly = Calendar(weekly={"mon": (Hours(opens=time(8), closes=time(8, 1)),)})
    with pytest.raises(ValueError, match="never taken away"):
        add_working_time(start, -timedelta(minutes=1), weekly, "Asia/Jakarta")
    assert working_time_between(start, start - timedelta(days=3), weekly, "Asia/Jakarta") == timedelta()
    with pytest.raises(NoWorkingTime):
        add_working_time(start, timedelta(days=10), weekly, "Asia/Jakarta")
