"""What a unit of work writes, grouped by table."""

from uuid import UUID

from services.casework.office.matters.tables import Matter
from services.chassis.database.writer import WriteBuffer


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
