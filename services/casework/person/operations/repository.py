"""Every query on operations, their persons and counts."""

from uuid import UUID

from sqlmodel import col, select

from services.casework.person.operations.tables import Operation, OperationCount
from services.chassis.database import ReadSession, UnitOfWork

DELIVERED = (
    "SELECT u.agency, count(DISTINCT p.person_id) AS persons FROM operation_persons p"
    " JOIN matters m ON m.correlation_id = p.report_id JOIN custodies u ON u.about_id = m.id"
    " WHERE p.operation_id = :operation GROUP BY u.agency"
)


async def one(uow: UnitOfWork, operation_id: UUID) -> Operation | None:
    """An operation, locked: who counts and who delivers come one after another."""
    return await uow.first(select(Operation).where(Operation.id == operation_id).with_for_update())


async def counts_of(source: UnitOfWork | ReadSession, operation_id: UUID) -> list[OperationCount]:
    """What the papers of an operation say, within the caller's scope."""
    return await source.all(
        select(OperationCount).where(OperationCount.operation_id == operation_id).order_by(col(OperationCount.id))
    )


async def operations_of_matter(uow: UnitOfWork, about_id: UUID) -> list[UUID]:
    """The operations in which the person of a case was found."""
    found = await uow.execute(
        "SELECT p.operation_id FROM operation_persons p JOIN matters m ON m.correlation_id = p.report_id"
        " WHERE m.id = :case ORDER BY p.operation_id",
        case=about_id,
    )
    return list(found.scalars().all())


async def delivered(uow: UnitOfWork, operation_id: UUID) -> dict[str, int]:
    """How many persons of an operation each custodian has taken."""
    found = await uow.execute(DELIVERED, operation=operation_id)
    return {row["agency"]: row["persons"] for row in found.mappings().all()}


async def delivered_for_reading(reading: ReadSession, operation_id: UUID) -> dict[str, int]:
    """The same for a reader who may see the operation."""
    return {row["agency"]: row["persons"] for row in await reading.rows(DELIVERED, operation=operation_id)}


async def has_part(uow: UnitOfWork, operation_id: UUID, agency: str) -> bool:
    """Whether an agency conducted the operation, or was asked about or took one of its persons."""
    found = await uow.execute(
        "SELECT EXISTS (SELECT 1 FROM operations_known WHERE id = :id AND agency = :agency) OR EXISTS ("
        " SELECT 1 FROM operation_persons p JOIN matters m ON m.correlation_id = p.report_id WHERE p.operation_id = :id"
        " AND (EXISTS (SELECT 1 FROM parties q WHERE q.matter_id = m.id AND q.agency = :agency)"
        " OR EXISTS (SELECT 1 FROM custodies u WHERE u.about_id = m.id AND :agency IN (u.agency, u.giver))))",
        id=operation_id,
        agency=agency,
    )
    return bool(found.scalar_one())


async def visible(reading: ReadSession, operation_id: UUID) -> Operation | None:
    """One operation within the caller's scope."""
    return await reading.first(select(Operation).where(Operation.id == operation_id))
