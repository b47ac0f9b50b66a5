"""Every query on reports and operations."""

from uuid import UUID

from sqlmodel import col, select

from services.chassis.database import ReadSession
from services.intake.reports.tables import Operation, Report


async def report(reading: ReadSession, report_id: UUID) -> Report | None:
    """One report within the caller's scope."""
    return await reading.first(select(Report).where(Report.id == report_id))


async def reports_page(reading: ReadSession, after: UUID | None, limit: int, state: str | None) -> list[Report]:
    """Reports by id, which is by time of arrival, after a cursor."""
    query = select(Report).order_by(col(Report.id)).limit(limit)
    if after is not None:
        query = query.where(col(Report.id) > after)
    if state is not None:
        query = query.where(Report.state == state)
    return await reading.all(query)


async def operation(reading: ReadSession, operation_id: UUID) -> Operation | None:
    """One operation within the caller's scope."""
    return await reading.first(select(Operation).where(Operation.id == operation_id))


async def reports_of_operation(reading: ReadSession, operation_id: UUID) -> list[Report]:
    """The reports of one operation in the order of its paper."""
    return await reading.all(select(Report).where(Report.operation_id == operation_id).order_by(col(Report.id)))
