"""Read models of operations."""

from dataclasses import dataclass
from uuid import UUID

from services.casework.office.directory.access import OFFICE_ROLES
from services.casework.person.operations import repository
from services.casework.person.operations.tables import Operation, OperationCount
from services.chassis.database import ReadSession
from services.chassis.errors import NotFound


@dataclass(frozen=True, slots=True)
class OperationView:
    """What the papers of an operation say, and whom each taker took."""

    operation: Operation
    counts: list[OperationCount]
    delivered: dict[str, int]


async def show_counts(reading: ReadSession, operation_id: UUID) -> OperationView:
    """The counts that the caller may see. Raises ``NotFound``, also to whoever has no paper in the operation."""
    operation = await repository.visible(reading, operation_id)
    if operation is None:
        raise NotFound(kind="operations_known")
    caller = reading.principal
    counts = await repository.counts_of(reading, operation_id)
    is_of_the_office = not caller.is_machine and bool(caller.roles & OFFICE_ROLES)
    if not counts and not is_of_the_office and caller.agency != operation.agency:
        raise NotFound(kind="operations_known")
    delivered = await repository.delivered_for_reading(reading, operation_id)
    seen = {count.taker for count in counts}
    return OperationView(operation, counts, {taker: delivered.get(taker, 0) for taker in sorted(seen)})
