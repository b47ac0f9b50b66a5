"""Every query of the public door."""

from uuid import UUID

from sqlmodel import col, select

from services.chassis.database import ReadSession, UnitOfWork
from services.intake.public.domain import ObjectionState, Progress, progress_of
from services.intake.public.tables import Objection
from services.intake.reports import repository as reports
from services.intake.reports.tables import Report

LIST_ROWS = 100


async def by_code(source: ReadSession | UnitOfWork, digest: bytes) -> Report | None:
    """The report with a code."""
    return await source.first(select(Report).where(Report.tracking_digest == digest))


async def that_goes_on(report: Report, source: ReadSession | UnitOfWork) -> tuple[Report, Progress]:
    """The report itself, or of a double the one that goes on for it; and how far that is."""
    goes_on = report
    if report.parent_report_id is not None:
        last = (await reports.last_of(source, [report.id]))[report.id]
        goes_on = await reports.one(source, last) or report
    case = await reports.case_of(source, goes_on.id)
    return goes_on, progress_of(goes_on.state, is_closed=case is not None and case.is_closed)


async def objection_to(source: ReadSession | UnitOfWork, report_id: UUID, against: str) -> Objection | None:
    """What was objected to a refusal or an end of a report."""
    return await source.first(select(Objection).where(Objection.report_id == report_id, Objection.against == against))


async def open_objections(reading: ReadSession) -> list[Objection]:
    """Within the caller's scope, what waits for a decision, oldest first."""
    return await reading.all(
        select(Objection)
        .where(Objection.state == ObjectionState.OPEN.value)
        .order_by(col(Objection.raised_at))
        .limit(LIST_ROWS)
    )
