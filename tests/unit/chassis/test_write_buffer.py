"""What a unit of work writes, grouped by table."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from services.casework.case.timeline.tables import TimelineRow
from services.casework.office.matters.tables import Matter
from services.chassis.database.writer import WriteBuffer, compose


def matter(number: str, district: str = "35.24") -> Matter:
    return Matter(
        id=UUID(int=len(number)), kind="case", correlation_id=UUID(int=9), number=number, district=district,
        village_code="35.24.17.2001", workflow="", rules_version=1,
    )  # fmt: skip


def test_a_row_that_is_put_twice_goes_in_once_as_it_was_put_last() -> None:
    """PostgreSQL refuses a statement whose conflict clause would touch one row twice."""
    buffer = WriteBuffer()
    buffer.puts += [matter("rsj"), matter("dinsos")]
    buffer.puts.append(matter("rsj", district="35.25"))
    (step,) = buffer.steps()
    assert [sorted(column) for column in step.values if "rsj" in column] == [["dinsos", "rsj"]]
    assert [sorted(column) for column in step.values if "35.25" in column] == [["35.24", "35.25"]]


def line(number: int, **told_at: Any) -> TimelineRow:
    return TimelineRow(
        fact_id=UUID(int=number), district="35.24", correlation_id=UUID(int=9), event_type="x", facts={},
        actor="system:test", subject=UUID(int=9), sequence=1, **told_at,
    )  # fmt: skip


def test_a_row_without_a_value_gets_the_columns_default_beside_one_that_has_it() -> None:
    buffer = WriteBuffer()
    recorded_at = datetime(2026, 7, 1, tzinfo=UTC)
    buffer.inserts += [line(1, recorded_at=recorded_at), line(2)]
    (step,) = buffer.steps()
    assert step.values[[name for name, _, _ in step.shape.columns].index("recorded_at")] == [recorded_at, None]
    assert "coalesce(v.recorded_at, now())" in compose((step.shape,), "", 0).sql
