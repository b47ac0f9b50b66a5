"""What a unit of work writes, grouped by table."""

from uuid import UUID

from services.casework.office.matters.tables import Party
from services.chassis.database.writer import WriteBuffer

MATTER = UUID(int=1)


def test_a_row_that_is_put_twice_goes_in_once_as_it_was_put_last() -> None:
    """PostgreSQL refuses a statement whose conflict clause would touch one row twice."""
    buffer = WriteBuffer()
    buffer.puts += [Party(matter_id=MATTER, agency=agency, district="35.24") for agency in ("rsj", "dinsos")]
    buffer.puts.append(Party(matter_id=MATTER, agency="rsj", district="35.25"))
    (step,) = buffer.steps()
    assert [sorted(column) for column in step.values if "rsj" in column] == [["dinsos", "rsj"]]
    assert [sorted(column) for column in step.values if "35.25" in column] == [["35.24", "35.25"]]
