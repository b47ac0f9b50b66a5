"""The auditor's lists as a spreadsheet takes them, and whose districts they are about."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest

from services.casework.handoff.disclosures.domain import PersonField
from services.casework.oversight.audit.access import PERMISSIONS, districts_within
from services.casework.oversight.audit.domain import COLUMNS, AuditList, PeriodIsTurnedRound, as_csv, check_period

NOW = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.mark.parametrize("formula", ["=1+1", "+1", "-1", "@SUM(A1)"])
@pytest.mark.parametrize("wanted", list(AuditList))
def test_a_sheet_holds_no_field_of_the_person_and_no_formula(wanted: AuditList, formula: str) -> None:
    row = dict.fromkeys(COLUMNS[wanted], formula) | {"recorded_at": NOW}
    (header, line) = csv.reader(io.StringIO(as_csv(COLUMNS[wanted], [[row[column] for column in COLUMNS[wanted]]])))
    assert tuple(header) == COLUMNS[wanted]
    assert {cell for cell in line if cell != NOW.isoformat()} == {f"'{formula}"}
    assert NOW.isoformat() in line
    assert not set(header) & {*(field.value for field in PersonField), "spoke_with", "phone"}


@pytest.mark.parametrize("span", [timedelta(0), timedelta(days=-1), timedelta(days=367)])
def test_a_period_ends_after_it_begins_within_a_year(span: timedelta) -> None:
    with pytest.raises(PeriodIsTurnedRound):
        check_period(NOW, NOW + span)
    check_period(NOW, NOW + timedelta(days=366))


def test_a_province_looks_over_its_districts_and_nobody_over_none() -> None:
    assert districts_within(("35.24.22", "35")) == ["35.24", "35.%"]
    assert districts_within(()) == []


def test_only_the_auditor_reads_the_lists_of_audit() -> None:
    assert PERMISSIONS["audit:read"] == {"auditor"}
