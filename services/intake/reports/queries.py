"""Read models of reports for the API."""

from uuid import UUID

from services.chassis.database import ReadSession
from services.chassis.errors import NotFound
from services.intake.reports import repository
from services.intake.reports.tables import Operation, Report


async def show_report(report_id: UUID, reading: ReadSession) -> Report:
    """One report. Raises ``NotFound``, also when it lies outside the caller's scope."""
    found = await repository.report(reading, report_id)
    if found is None:
        raise NotFound(kind="report")
    return found


async def list_reports(reading: ReadSession, after: UUID | None, limit: int, state: str | None) -> list[Report]:
    """A page of reports, oldest first."""
    return await repository.reports_page(reading, after, limit, state)


async def show_operation(operation_id: UUID, reading: ReadSession) -> tuple[Operation, list[Report]]:
    """One operation with its reports. Raises ``NotFound``."""
    found = await repository.operation(reading, operation_id)
    if found is None:
        raise NotFound(kind="operation")
    return found, await repository.reports_of_operation(reading, operation_id)
