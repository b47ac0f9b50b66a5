"""The lists of an auditor, and how they are written down for a spreadsheet. Pure functions."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from services.chassis.errors import Invalid

LONGEST_PERIOD = timedelta(days=366)
LIST_ROWS = 5000
"""More than so many rows of a period are not shown: narrow it."""
LATE_AFTER = timedelta(days=1)
"""What is called late where no pack says it."""
TIMER_LATE = timedelta(minutes=5)
"""An escalation step that was not taken for so long is nobody's (`handoff.md` §8)."""


class AuditList(StrEnum):
    """What an auditor asks for."""

    ON_BEHALF = "ON_BEHALF"
    LATE = "LATE"
    PAUSES = "PAUSES"
    FORCED = "FORCED"


class PeriodIsTurnedRound(Invalid):
    """It must end after it begins, within a year."""

    text = "Masa yang diminta tidak sah."
    advice = "Isi until setelah since, paling lama satu tahun sesudahnya."


COLUMNS: dict[AuditList, tuple[str, ...]] = {
    AuditList.ON_BEHALF: (
        "agency", "case_number", "handoff_id", "purpose", "verb", "happened_at", "recorded_at", "actor", "verdict",
    ),
    AuditList.LATE: (
        "agency", "case_number", "handoff_id", "purpose", "verb", "happened_at", "recorded_at", "late_seconds", "actor",
    ),
    AuditList.PAUSES: (
        "agency", "case_number", "handoff_id", "purpose", "deadline", "reason", "recorded_at", "ended_at", "actor",
    ),
    AuditList.FORCED: ("agency", "case_number", "case_id", "reason", "recorded_at", "actor"),
}  # fmt: skip
"""What each list shows; nothing of the person, and nobody's name: who acted is a pseudonym."""


def check_period(since: datetime, until: datetime) -> None:
    """Raises ``PeriodIsTurnedRound``."""
    if not timedelta(0) < until - since <= LONGEST_PERIOD:
        raise PeriodIsTurnedRound


def as_csv(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Rows as comma-separated values (RFC 4180) under their heads, instants by ISO 8601."""
    sheet = io.StringIO()
    writer = csv.writer(sheet)
    writer.writerow(heads)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return sheet.getvalue()


def _cell(value: Any) -> str:
    """A value that no spreadsheet takes for a formula."""
    text = "" if value is None else value.isoformat() if isinstance(value, datetime) else str(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text
