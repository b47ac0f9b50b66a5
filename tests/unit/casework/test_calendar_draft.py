"""National days from a library: a draft, compared here with what the joint decree for 2026 says."""

from datetime import date

import pytest
import yaml

from services.casework.office.directory.adapter import draft_of_year, drafted_days_off
from services.casework.office.directory.domain import DayOff, DayOffKind
from services.casework.wiring import SERVICE
from services.chassis.processes import main
from tests.support.packs import LAMONGAN_PACK, casework_pack

NATIONAL_2026 = (
    "01-01", "01-16", "02-17", "03-19", "03-21", "03-22", "04-03", "04-05", "05-01", "05-14", "05-27", "05-31",
    "06-01", "06-16", "08-17", "08-25", "12-25",
)  # fmt: skip
JOINT_LEAVE_2026 = ("02-16", "03-18", "03-20", "03-23", "03-24", "05-15", "05-28", "12-24")


def test_the_draft_of_2026_holds_the_days_of_the_joint_decree() -> None:
    drafted = [DayOff.model_validate(entry) for entry in yaml.safe_load(draft_of_year(2026))["days_off"]]
    for kind, days in ((DayOffKind.NATIONAL, NATIONAL_2026), (DayOffKind.JOINT_LEAVE, JOINT_LEAVE_2026)):
        assert [off.day for off in drafted if off.kind == kind] == [date.fromisoformat(f"2026-{day}") for day in days]
    assert all(off.name and "SKB 3 Menteri 2026" in off.source and not off.is_forecast for off in drafted)


def test_a_draft_says_that_it_is_one_and_marks_reckoned_days_and_missing_leave() -> None:
    draft = draft_of_year(2028)
    assert draft.startswith("# DRAF ")
    assert "Pustaka belum memuat cuti bersama 2028" in draft
    assert "Pustaka belum memuat cuti bersama" not in draft_of_year(2026)
    reckoned = [off for off in drafted_days_off(2028) if off.is_forecast]
    assert any(off.name == "Hari Raya Idul Fitri" for off in reckoned)
    assert not any("perkiraan" in off.name for off in reckoned)


@pytest.mark.parametrize("year", [2025, 2026, 2027])
def test_the_districts_pack_holds_what_the_library_knows(year: int) -> None:
    """An edition of the library that knows a new decree makes this fail: read the decree, then change the pack."""
    in_pack = {(off.day, off.kind) for off in casework_pack(LAMONGAN_PACK).days_off if off.day.year == year}
    assert in_pack == {(off.day, off.kind) for off in drafted_days_off(year)}


def test_the_command_prints_a_draft_without_any_engine(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(SERVICE, ["draft-calendar", "2026"]) == 0
    assert len(yaml.safe_load(capsys.readouterr().out)["days_off"]) == 25
    for wrong in ([], ["dua ribu"], ["1945"], ["2026", "2027"]):
        assert main(SERVICE, ["draft-calendar", *wrong]) == 2
        assert capsys.readouterr().err.startswith("usage: ")
