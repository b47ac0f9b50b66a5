"""Calendars as data: what a pack may say, what is refused and where, days off given once, zones by agency."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from deploy.sandbox.pace import PACE, paced
from services.casework.office.directory.commands import check_pack
from services.casework.office.directory.domain import AgencyIsUnknown, Calendar, CaseworkPack, DayOffKind
from tests.support.packs import LAMONGAN_PACK, THREE_ZONES_PACK, casework_pack


def changed(path: str, value: Any) -> dict[str, Any]:
    """The pack of three zones with one place changed; ``a.b.0`` leads to it."""
    pack: dict[str, Any] = json.loads(casework_pack(THREE_ZONES_PACK).model_dump_json(exclude_defaults=True))
    place: Any = pack
    *way, last = path.split(".")
    for step in way:
        place = place[int(step) if isinstance(place, list) else step]
    place[int(last) if isinstance(place, list) else last] = value
    return pack


RAMADAN = {"name": "Ramadan", "starts_on": "2026-02-19", "ends_on": "2026-03-20", "source": "contoh"}
SHORT_DAY = {"mon": [{"opens": "08:00", "closes": "12:00"}]}


@pytest.mark.parametrize(
    ("path", "value", "place", "reason"),
    [
        (
            "calendars.office.weekly.wed",
            [{"opens": "08:00", "closes": "12:00"}, {"opens": "11:00", "closes": "15:00"}],
            "calendars.office.weekly.wed",
            "11:00 opens before 08:00–12:00 is over",
        ),
        (
            "calendars.night.weekly.sun",
            [{"opens": "22:00", "closes": "00:00"}, {"opens": "23:00", "closes": "23:30"}],
            "calendars.night.weekly.sun",
            "23:00 opens before 22:00–00:00 is over",
        ),
        (
            "calendars.office.weekly.mon.0",
            {"opens": "15:30", "closes": "07:00"},
            "calendars.office.weekly.mon.0",
            "closes 07:00 before it opens 15:30",
        ),
        ("calendars.office.weekly.mon.0.closes", 750, "calendars.office.weekly.mon.0.closes", "in quotes"),
        ("calendars.office.weekly.mon.0.closes", "15:30:30", "calendars.office.weekly.mon.0.closes", "whole minute"),
        ("calendars.office.weekly.mon.0.closes", "15:30Z", "calendars.office.weekly.mon.0.closes", "without a zone"),
        ("calendars.office.weekly.senin", [], "calendars.office.weekly.senin.[key]", "'mon'"),
        ("calendars.office.weekly", {}, "calendars.office", "no working time at all"),
        ("calendars.office.weekly", {"mon": []}, "calendars.office", "no working time at all"),
        ("calendars.office.always_open", True, "calendars.office", "always open has no hours"),
        ("calendars.office.observes", ["RELIGIOUS"], "calendars.office.observes.0", "'NATIONAL'"),
        (
            "calendars.office.periods",
            [{**RAMADAN, "ends_on": "2026-02-18", "weekly": SHORT_DAY}],
            "calendars.office.periods.0",
            "ends 2026-02-18 before it starts 2026-02-19",
        ),
        ("calendars.office.periods", [{**RAMADAN, "weekly": {}}], "calendars.office.periods.0", "no working time"),
        (
            "calendars.office.periods",
            [
                {**RAMADAN, "weekly": SHORT_DAY},
                {**RAMADAN, "name": "Lebaran", "starts_on": "2026-03-20", "ends_on": "2026-03-24", "weekly": SHORT_DAY},
            ],
            "calendars.office",
            "the periods Ramadan and Lebaran overlap",
        ),
        ("calendars.office.worked_days.0.hours", [], "calendars.office.worked_days.0.hours", "at least 1"),
        (
            "calendars.office.worked_days",
            [{"day": "2026-12-12", "name": "pengganti", "hours": SHORT_DAY["mon"], "source": "contoh"}] * 2,
            "calendars.office",
            "a day twice",
        ),
        (
            "days_off",
            [{"day": "2026-12-25", "kind": "NATIONAL", "name": name, "source": "contoh"} for name in ("Natal", "lagi")],
            "days_off",
            "2026-12-25 is given twice as NATIONAL",
        ),
        ("days_off.0.day", "2026-02-30", "days_off.0.day", "date"),
        ("agencies.1.zone", "Asia/Singapore", "agencies.1.zone", "'Asia/Makassar'"),
        ("decree_grace", "PT0S", "decree_grace", "greater than"),
    ],
)  # fmt: skip
def test_a_calendar_that_cannot_be_meant_is_refused_and_the_place_is_named(
    path: str, value: Any, place: str, reason: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        CaseworkPack.model_validate(changed(path, value))
    (fault,) = refused.value.errors()
    assert ".".join(map(str, fault["loc"])) == place
    assert reason in fault["msg"]


def test_the_packs_that_stand_here_are_whole_and_keep_their_meaning_in_the_database() -> None:
    for file in (LAMONGAN_PACK, THREE_ZONES_PACK):
        pack = casework_pack(file)
        check_pack(pack)
        assert CaseworkPack.model_validate_json(pack.model_dump_json()) == pack


def test_a_pack_loaded_before_calendars_had_kinds_is_still_read() -> None:
    body = changed("calendars.office.days_off", {"2026-03-20": "Idulfitri 1447 H"})
    del body["days_off"], body["decree_grace"]
    (day,) = CaseworkPack.model_validate(body).calendar_of("dinsos-ujung", "rehsos").days_off
    assert (day.day, day.kind, day.name) == (date(2026, 3, 20), DayOffKind.LOCAL, "Idulfitri 1447 H")


def test_days_off_are_given_once_and_kept_by_the_calendars_that_observe_them() -> None:
    pack = casework_pack(THREE_ZONES_PACK)
    kinds = {
        desk: {off.kind for off in pack.calendar_of(*desk).days_off}
        for desk in [("dinsos-ujung", "rehsos"), ("puskesmas-tengah", "loket"), ("dinsos-ujung", "piket")]
    }
    assert list(kinds.values()) == [set(DayOffKind), {DayOffKind.NATIONAL}, set()]


def test_agencies_keep_their_own_zone_and_else_the_districts() -> None:
    pack = casework_pack(THREE_ZONES_PACK)
    zones = [pack.zone_of(agency.code) for agency in pack.agencies]
    assert zones == ["Asia/Jayapura", "Asia/Makassar", "Asia/Jakarta"]
    with pytest.raises(AgencyIsUnknown):
        pack.zone_of("nobody")


def test_lamongan_knows_its_days_off_of_three_years_and_says_which_are_reckoned() -> None:
    pack = casework_pack(LAMONGAN_PACK)
    counted = {
        year: [sum(off.day.year == year and off.kind == kind for off in pack.days_off) for kind in DayOffKind]
        for year in (2025, 2026, 2027)
    }
    assert counted == {2025: [17, 11, 0], 2026: [17, 8, 0], 2027: [18, 8, 0]}
    assert {off.day for off in pack.days_off if off.is_forecast} == {
        date(2027, 3, 10),
        date(2027, 3, 11),
        date(2027, 5, 17),
    }
    office = pack.calendars["office"]
    assert [period.is_forecast for period in office.periods] == [False, False, True]
    assert all(timedelta(days=28) < period.ends_on - period.starts_on < timedelta(days=30) for period in office.periods)
    assert all(off.source for off in pack.days_off)


def test_the_office_works_as_many_hours_a_week_as_the_regulation_says() -> None:
    """Perpres 21/2023 art. 4: 37.5 hours, 32.5 in Ramadan, breaks not counted."""
    office = casework_pack(LAMONGAN_PACK).calendars["office"]
    for weekly, minutes in [(office.weekly, 37.5 * 60), *((period.weekly, 32.5 * 60) for period in office.periods)]:
        opened = [(hours.opens, hours.closes) for day in weekly.values() for hours in day]
        total = sum((c.hour - o.hour) * 60 + c.minute - o.minute for o, c in opened)
        assert total == minutes


def test_every_desk_of_the_demo_is_open_around_the_clock() -> None:
    """The demo carries a case through in seconds, also at night: no desk in it may wait for a door to open."""
    pack = CaseworkPack.model_validate(
        paced(yaml.safe_load(LAMONGAN_PACK.read_text()), yaml.safe_load(PACE.read_text()))
    )
    check_pack(pack)
    for agency in pack.agencies:
        for desk in agency.desks:
            assert pack.calendar_of(agency.code, desk.code) == Calendar(always_open=True)
