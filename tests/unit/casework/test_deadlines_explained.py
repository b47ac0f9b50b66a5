"""The sentence that explains a deadline, and what a decree makes of a running deadline."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.casework.office.directory.domain import (
    Calendar,
    DayOff,
    DayOffKind,
    DecreeEffect,
    Hours,
    Period,
    RunningDeadline,
    WorkedDay,
    add_working_time,
    decreed,
    explain_deadline,
    recompute_deadline,
)
from tests.support.packs import LAMONGAN_PACK, THREE_ZONES_PACK, casework_pack

LAMONGAN, UJUNG = casework_pack(LAMONGAN_PACK), casework_pack(THREE_ZONES_PACK)
WIB = ZoneInfo("Asia/Jakarta")
HOUR = timedelta(hours=1)


def wib(day: str, deadline: str) -> datetime:
    return datetime.fromisoformat(f"{day}T{deadline}").replace(tzinfo=WIB).astimezone(UTC)


@pytest.mark.parametrize(
    ("agency", "desk", "start", "amount", "sentence"),
    [
        (
            "dinsos-lamongan", "rehsos", wib("2026-11-20", "14:00"), 4 * HOUR,
            "4 jam kerja sejak Jumat 20 November 2026 14.00 WIB menurut jam kerja kantor Bidang Rehabilitasi Sosial; "
            "Sabtu–Minggu tidak dihitung; jatuh Senin 23 November 2026 09.30 WIB",
        ),
        (
            "dinsos-lamongan", "rehsos", wib("2026-12-23", "15:00"), 90 * timedelta(minutes=1),
            "1 jam 30 menit kerja sejak Rabu 23 Desember 2026 15.00 WIB menurut jam kerja kantor Bidang Rehabilitasi "
            "Sosial; Sabtu–Minggu, 24 Desember (Cuti bersama Hari Raya Natal), dan 25 Desember (Hari Raya Natal) tidak "
            "dihitung; jatuh Senin 28 Desember 2026 08.00 WIB",
        ),
        (
            "dinsos-lamongan", "rehsos", wib("2026-12-31", "15:00"), HOUR,
            "1 jam kerja sejak Kamis 31 Desember 2026 15.00 WIB menurut jam kerja kantor Bidang Rehabilitasi Sosial; "
            "Sabtu–Minggu dan 1 Januari 2027 (Tahun Baru Masehi) tidak dihitung; jatuh Senin 4 Januari 2027 07.30 WIB",
        ),
        (
            "dinsos-lamongan", "rehsos", wib("2026-11-18", "08:00"), HOUR,
            "1 jam kerja sejak Rabu 18 November 2026 08.00 WIB menurut jam kerja kantor Bidang Rehabilitasi Sosial; "
            "jatuh Rabu 18 November 2026 09.00 WIB",
        ),
        (
            "dinsos-lamongan", "rehsos", wib("2026-03-16", "14:00"), 40 * HOUR,
            "40 jam kerja sejak Senin 16 Maret 2026 14.00 WIB menurut jam kerja kantor Bidang Rehabilitasi Sosial; "
            "Sabtu–Minggu, 18 Maret (Cuti bersama Hari Suci Nyepi), 19 Maret (Hari Suci Nyepi), 20 Maret (Cuti bersama "
            "Idulfitri), dan 23–24 Maret (Cuti bersama Idulfitri) tidak dihitung; jam kerja Ramadan 1447 H "
            "(19 Februari–20 Maret) berlaku; jatuh Selasa 31 Maret 2026 09.30 WIB",
        ),
        (
            # After hours on the last Ramadan day worked: its hours no longer counted.
            "dinsos-lamongan", "rehsos", wib("2026-03-17", "15:30"), HOUR,
            "1 jam kerja sejak Selasa 17 Maret 2026 15.30 WIB menurut jam kerja kantor Bidang Rehabilitasi Sosial; "
            "Sabtu–Minggu, 18 Maret (Cuti bersama Hari Suci Nyepi), 19 Maret (Hari Suci Nyepi), 20 Maret (Cuti bersama "
            "Idulfitri), dan 23–24 Maret (Cuti bersama Idulfitri) tidak dihitung; jatuh Rabu 25 Maret 2026 08.00 WIB",
        ),
        (
            "rsud-soegiri", "igd", wib("2026-12-25", "03:00"), 2 * HOUR,
            "2 jam sejak Jumat 25 Desember 2026 03.00 WIB menurut jaga 24 jam Instalasi gawat darurat; "
            "semua jam dihitung; jatuh Jumat 25 Desember 2026 05.00 WIB",
        ),
        (
            "rsud-soegiri", "igd", wib("2026-12-25", "03:00"), timedelta(seconds=4),
            "4 detik sejak Jumat 25 Desember 2026 03.00 WIB menurut jaga 24 jam Instalasi gawat darurat; "
            "semua jam dihitung; jatuh Jumat 25 Desember 2026 03.00 WIB",
        ),
        (
            # A national day that falls on a Sunday is a Sunday; a Sunday alone is closed at this counter.
            "puskesmas-tengah", "loket", wib("2026-03-07", "11:00"), timedelta(),
            "0 menit kerja sejak Sabtu 7 Maret 2026 12.00 WITA menurut jam buka Loket; jatuh Sabtu 7 Maret 2026 12.00 "
            "WITA",
        ),
        (
            "puskesmas-tengah", "loket", wib("2026-03-07", "11:00"), HOUR,
            "1 jam kerja sejak Sabtu 7 Maret 2026 12.00 WITA menurut jam buka Loket; Minggu tidak dihitung; "
            "jatuh Senin 9 Maret 2026 08.30 WITA",
        ),
        (
            "dinsos-ujung", "rehsos", wib("2026-12-11", "14:00"), HOUR,
            "1 jam kerja sejak Jumat 11 Desember 2026 16.00 WIT menurut jam kerja kantor Bidang Rehabilitasi Sosial; "
            "Sabtu 12 Desember (hari kerja pengganti) dihitung; jatuh Sabtu 12 Desember 2026 08.30 WIT",
        ),
    ],
)  # fmt: skip
def test_a_deadline_is_explained_in_one_sentence(
    agency: str, desk: str, start: datetime, amount: timedelta, sentence: str
) -> None:
    pack = LAMONGAN if agency in {known.code for known in LAMONGAN.agencies} else UJUNG
    name = next(known.name for known in pack.agency(agency).desks if known.code == desk)
    assert explain_deadline(start, amount, pack.calendar_of(agency, desk), pack.zone_of(agency), name) == sentence


def test_the_year_that_goes_without_saying_is_that_of_the_desks_own_day() -> None:
    """Three in the morning of New Year's Day, while it is still the old year in UTC."""
    assert explain_deadline(wib("2027-01-01", "03:00"), HOUR, OFFICE, "Asia/Jakarta", "Bidang Uji") == (
        "1 jam kerja sejak Jumat 1 Januari 2027 03.00 WIB menurut jam kerja kantor Bidang Uji; Sabtu–Minggu dan "
        "1 Januari (Tahun Baru Masehi) tidak dihitung; jatuh Senin 4 Januari 2027 08.00 WIB"
    )


def test_days_off_over_the_turn_of_the_year_name_the_new_year_alone() -> None:
    days = (date(2026, 12, 31), date(2027, 1, 1))
    off = tuple(DayOff(day=day, kind=DayOffKind.LOCAL, name="Libur panjang", source="keputusan") for day in days)
    calendar = without("2027-01-01").observing(off)
    assert explain_deadline(wib("2026-12-30", "15:00"), HOUR, calendar, "Asia/Jakarta", "Bidang Uji") == (
        "1 jam kerja sejak Rabu 30 Desember 2026 15.00 WIB menurut jam kerja kantor Bidang Uji; Sabtu–Minggu dan "
        "31 Desember–1 Januari 2027 (Libur panjang) tidak dihitung; jatuh Senin 4 Januari 2027 07.30 WIB"
    )


OFFICE = LAMONGAN.calendar_of("dinsos-lamongan", "rehsos")
STARTED, AMOUNT = wib("2026-11-20", "14:00"), 4 * HOUR
DUE = wib("2026-11-23", "09:30")
GRACE = 2 * HOUR


def with_day_off(day: str) -> Calendar:
    off = DayOff(day=date.fromisoformat(day), kind=DayOffKind.NATIONAL, name="Hari berkabung", source="keputusan")
    return OFFICE.observing((off,))


def without(day: str) -> Calendar:
    return OFFICE.model_copy(update={"days_off": tuple(off for off in OFFICE.days_off if f"{off.day}" != day)})


def with_days_off(*days: int) -> Calendar:
    named = {"kind": DayOffKind.LOCAL, "name": "Pilkada", "source": "SE Bupati"}
    off = [DayOff.model_validate({"day": date(2026, 12, day), **named}) for day in days]
    return OFFICE.model_copy(update={"days_off": (*OFFICE.days_off, *off)})


SHORT = (Hours(opens=time(9), closes=time(12)),)
SHORT_WEEK = Period(
    name="jam kerja pendek", starts_on=date(2026, 12, 16), ends_on=date(2026, 12, 17), source="SE Sekda",
    weekly={"wed": SHORT, "thu": SHORT},
)  # fmt: skip
SATURDAY = WorkedDay(day=date(2026, 12, 19), name="Sabtu kerja", hours=SHORT, source="SE Sekda")


def test_a_decree_that_adds_a_day_off_moves_the_deadline_later() -> None:
    found = recompute_deadline(
        RunningDeadline(STARTED, AMOUNT, DUE, 0), with_day_off("2026-11-23"), LAMONGAN.zone, GRACE, STARTED + HOUR
    )
    assert (found.due_at, found.effect, found.is_moved) == (
        wib("2026-11-24", "09:30"),
        DecreeEffect.MOVED_LATER,
        True,
    )
    assert found.why == (
        "Kalender kerja berubah: tenggat mundur dari Senin 23 November 2026 09.30 WIB ke Selasa 24 November 2026 "
        "09.30 WIB."
    )


def test_a_decree_that_takes_a_day_off_back_moves_the_deadline_earlier() -> None:
    started = wib("2026-12-23", "14:30")
    due = add_working_time(started, AMOUNT, OFFICE, LAMONGAN.zone)
    assert due == wib("2026-12-28", "10:00")
    deadline = RunningDeadline(started, AMOUNT, due, 0)
    found = recompute_deadline(deadline, without("2026-12-24"), LAMONGAN.zone, GRACE, started)
    assert (found.due_at, found.effect) == (wib("2026-12-24", "10:00"), DecreeEffect.MOVED_EARLIER)
    assert "tenggat maju dari Senin 28 Desember 2026 10.00 WIB ke Kamis 24 Desember 2026 10.00 WIB" in found.why


def test_a_moved_deadline_names_the_decree_and_the_days_that_it_changed() -> None:
    deadline = RunningDeadline(STARTED, AMOUNT, DUE, 0)
    mourning = with_day_off("2026-11-23")
    found = recompute_deadline(deadline, mourning, LAMONGAN.zone, GRACE, STARTED + HOUR, before=OFFICE)
    assert found.why.startswith(
        "Kalender kerja berubah: menurut keputusan: 23 November 2026 (Hari berkabung) menjadi hari libur; tenggat mun"
    )
    later = recompute_deadline(deadline, OFFICE, LAMONGAN.zone, GRACE, STARTED + HOUR, before=OFFICE)
    assert later.why == "Kalender kerja berubah: tenggat tetap."


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (OFFICE, OFFICE, ""),
        (
            OFFICE, without("2026-12-24"),
            "menurut SKB 3 Menteri 2026: 24 Desember 2026 (Cuti bersama Hari Raya Natal) tidak lagi libur",
        ),
        (OFFICE, with_days_off(21, 22, 26), "menurut SE Bupati: 21–22 Desember 2026 (Pilkada) menjadi hari libur"),
        (with_days_off(26), OFFICE, ""),
        (
            OFFICE, OFFICE.model_copy(update={"worked_days": (SATURDAY,)}),
            "menurut SE Sekda: 19 Desember 2026 (Sabtu kerja) menjadi hari kerja",
        ),
        (
            OFFICE.model_copy(update={"worked_days": (SATURDAY,)}), OFFICE,
            "menurut SE Sekda: 19 Desember 2026 (Sabtu kerja) tidak lagi hari kerja",
        ),
        (
            OFFICE, OFFICE.model_copy(update={"periods": (SHORT_WEEK,)}),
            "menurut SE Sekda: 16–17 Desember 2026 (jam kerja pendek) berganti jam kerja",
        ),
        (
            OFFICE.model_copy(update={"periods": (SHORT_WEEK,)}), OFFICE,
            "menurut SE Sekda: 16–17 Desember 2026 (jam kerja pendek) berganti jam kerja",
        ),
        (
            OFFICE, OFFICE.model_copy(update={"weekly": {**OFFICE.weekly, "mon": SHORT}}),
            "14 Desember 2026 dan 21 Desember 2026 (jam kerja kantor) berganti jam kerja",
        ),
    ],
)  # fmt: skip
def test_what_a_decree_changed_is_named_by_its_source_and_days(before: Calendar, after: Calendar, said: str) -> None:
    assert decreed(before, after, date(2026, 12, 14), date(2026, 12, 26)) == said


def test_a_deadline_beyond_the_decreed_calendar_says_that_it_is_a_forecast() -> None:
    start, desk = wib("2027-12-31", "15:00"), "Bidang Uji"
    said = explain_deadline(start, 2 * HOUR, OFFICE, LAMONGAN.zone, desk)
    assert said.endswith("; perkiraan: keputusan hari libur 2028 belum dimuat")
    assert "perkiraan" not in explain_deadline(wib("2027-12-30", "08:00"), 2 * HOUR, OFFICE, LAMONGAN.zone, desk)
    duty = LAMONGAN.calendar_of("dinsos-lamongan", "piket")
    assert "perkiraan" not in explain_deadline(start, 2 * HOUR, duty, LAMONGAN.zone, desk), "duty knows no days off"
    said = explain_deadline(wib("2027-03-09", "15:00"), HOUR, OFFICE, LAMONGAN.zone, desk)
    idulfitri = "10 Maret (Hari Raya Idulfitri 1448 H) dan 11 Maret (Hari Raya Idulfitri 1448 H, hari kedua)"
    assert said.endswith(f"; perkiraan: {idulfitri} belum ditetapkan")


def test_a_year_is_known_by_a_national_day_that_is_decreed() -> None:
    def of(*days: DayOff) -> Calendar:
        return OFFICE.model_copy(update={"days_off": days})

    new_year = DayOff(day=date(2027, 1, 1), kind=DayOffKind.NATIONAL, name="Tahun Baru", source="SKB")
    assert of(new_year).knows(2027)
    assert not of(new_year).knows(2028)
    assert not of(new_year.model_copy(update={"is_forecast": True})).knows(2027)
    assert not of(new_year.model_copy(update={"kind": DayOffKind.LOCAL})).knows(2027)
    assert of().model_copy(update={"observes": (DayOffKind.LOCAL,)}).knows(2027), "what it does not observe"


def test_a_deadline_that_a_decree_puts_into_the_past_gets_a_grace_period_of_working_time() -> None:
    started = wib("2026-12-23", "14:30")
    deadline = RunningDeadline(started, AMOUNT, wib("2026-12-28", "10:00"), 0)
    learnt = wib("2026-12-24", "11:00")
    found = recompute_deadline(deadline, without("2026-12-24"), LAMONGAN.zone, GRACE, learnt)
    assert (found.due_at, found.effect) == (wib("2026-12-24", "14:00"), DecreeEffect.GRACE_GIVEN)
    assert found.why == (
        "Kalender kerja berubah: tenggat menurut kalender baru (Kamis 24 Desember 2026 10.00 WIB) sudah lewat; dengan "
        "tenggang 2 jam kerja, tenggat maju dari Senin 28 Desember 2026 10.00 WIB ke Kamis 24 Desember 2026 14.00 WIB."
    )


def test_grace_never_gives_more_time_than_there_was() -> None:
    deadline = RunningDeadline(wib("2026-12-23", "14:30"), AMOUNT, wib("2026-12-28", "10:00"), 0)
    found = recompute_deadline(deadline, without("2026-12-24"), LAMONGAN.zone, GRACE, wib("2026-12-28", "09:00"))
    assert (found.due_at, found.effect, found.is_moved) == (deadline.due_at, DecreeEffect.UNCHANGED, False)
    assert found.why == "Kalender kerja berubah: tenggat tetap."


def test_a_escalation_that_rang_stays_and_so_does_the_deadline_it_told_of() -> None:
    deadline = RunningDeadline(STARTED, AMOUNT, DUE, 1)
    found = recompute_deadline(deadline, with_day_off("2026-11-23"), LAMONGAN.zone, GRACE, DUE + timedelta(minutes=1))
    assert (found.due_at, found.effect, found.is_moved) == (DUE, DecreeEffect.ESCALATION_STANDS, False)
    assert found.why == "Kalender kerja berubah: peringatan sudah berbunyi; tenggat dan peringatan tetap."


def test_a_deadline_that_passed_before_any_escalation_revives_only_when_the_new_one_is_still_to_come() -> None:
    deadline = RunningDeadline(STARTED, AMOUNT, DUE, 0)
    learnt = DUE + timedelta(seconds=1)
    revived = recompute_deadline(deadline, with_day_off("2026-11-23"), LAMONGAN.zone, GRACE, learnt)
    assert (revived.due_at, revived.effect) == (wib("2026-11-24", "09:30"), DecreeEffect.MOVED_LATER)
    passed = recompute_deadline(deadline, OFFICE, LAMONGAN.zone, GRACE, learnt)
    assert (passed.due_at, passed.effect) == (DUE, DecreeEffect.ALREADY_PASSED)
    assert passed.why == "Kalender kerja berubah: tenggat sudah lewat sebelumnya dan tetap."


def test_a_decree_that_does_not_touch_the_span_changes_nothing() -> None:
    deadline = RunningDeadline(STARTED, AMOUNT, DUE, 0)
    found = recompute_deadline(deadline, with_day_off("2026-11-30"), LAMONGAN.zone, GRACE, STARTED)
    assert (found.due_at, found.effect, found.is_moved) == (DUE, DecreeEffect.UNCHANGED, False)
    assert found.why == "Kalender kerja berubah: tenggat tetap."
    duty = Calendar(always_open=True)
    emergency = RunningDeadline(STARTED, AMOUNT, STARTED + AMOUNT, 0)
    assert not recompute_deadline(emergency, duty, LAMONGAN.zone, GRACE, STARTED).is_moved


@given(
    started=st.integers(0, 60 * 24 * 60),
    hours=st.integers(0, 60),
    learnt=st.integers(0, 30 * 24 * 60),
    escalations=st.integers(0, 2),
    more=st.sets(st.integers(0, 60), max_size=10),
    fewer=st.booleans(),
)
def test_a_decree_never_takes_an_escalation_back_and_never_moves_a_deadline_into_the_past(
    started: int, hours: int, learnt: int, escalations: int, more: set[int], fewer: bool
) -> None:
    first = datetime(2026, 2, 1, tzinfo=UTC)
    start = first + timedelta(minutes=started)
    now = start + timedelta(minutes=learnt)
    due = add_working_time(start, hours * HOUR, OFFICE, LAMONGAN.zone)
    days = tuple(
        DayOff(day=(first + timedelta(days=n)).date(), kind=DayOffKind.NATIONAL, name="libur", source="") for n in more
    )
    decreed = (OFFICE.model_copy(update={"days_off": ()}) if fewer else OFFICE).observing(days)
    found = recompute_deadline(
        RunningDeadline(start, hours * HOUR, due, escalations), decreed, LAMONGAN.zone, GRACE, now
    )
    assert found.was_due_at == due
    if escalations:
        assert found.due_at == due
    if found.is_moved:
        assert found.due_at > now
        assert found.effect in (DecreeEffect.MOVED_LATER, DecreeEffect.MOVED_EARLIER, DecreeEffect.GRACE_GIVEN)
    else:
        assert found.effect in (DecreeEffect.UNCHANGED, DecreeEffect.ALREADY_PASSED, DecreeEffect.ESCALATION_STANDS)
    again = RunningDeadline(start, hours * HOUR, found.due_at, escalations)
    if found.effect != DecreeEffect.GRACE_GIVEN:
        assert not recompute_deadline(again, decreed, LAMONGAN.zone, GRACE, now).is_moved
