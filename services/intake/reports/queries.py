"""Read models of reports for the API."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from contracts.values import Urgency
from services.chassis import sealing
from services.chassis.database import ReadSession
from services.chassis.errors import NotFound
from services.intake.persons.commands import Sealer
from services.intake.reports import repository
from services.intake.reports.domain import CaseNumberIsUnknown, ReportState
from services.intake.reports.repository import Repeat
from services.intake.reports.tables import Operation, Report, ReportCase


async def show_report(report_id: UUID, reading: ReadSession) -> Report:
    """One report. Raises ``NotFound``, also when it lies outside the caller's scope."""
    found = await repository.report(reading, report_id)
    if found is None:
        raise NotFound(kind="report")
    return found


@dataclass(frozen=True, slots=True)
class ReportView:
    """A report, what became of it, of which one it is a double in the end, and which others it may repeat."""

    report: Report
    case: ReportCase | None
    goes_on_as: UUID | None
    repeats: Sequence[Repeat]


async def view_reports(rows: Sequence[Report], reading: ReadSession) -> list[ReportView]:
    """Reports as the office sees them."""
    ids = [row.id for row in rows]
    doubles = [row.id for row in rows if row.parent_report_id]
    last = await repository.last_of(reading, doubles) if doubles else {}
    repeats = await repository.likely_repeats(reading, ids)
    cases = await repository.cases_of(reading, ids)
    return [ReportView(row, cases.get(row.id), last.get(row.id), repeats.get(row.id, ())) for row in rows]


async def view_report(report_id: UUID, reading: ReadSession) -> ReportView:
    """One report as the office sees it. Raises ``NotFound``."""
    (view,) = await view_reports([await show_report(report_id, reading)], reading)
    return view


def words_of(report: Report, sealer: Sealer) -> dict[str, str | None]:
    """What the reporter said of the person and of how they were found, in clear; whoever shows it logs the reading."""
    return sealing.unseal(report.sealed, sealer.storage_key()) if report.sealed else {}


async def report_of_case(number: str, reading: ReadSession) -> UUID:
    """The report out of which the case with a number was opened. Raises ``CaseNumberIsUnknown``."""
    case = await repository.case_of_number(reading, number)
    if case is None:
        raise CaseNumberIsUnknown
    return case.report_id


async def list_reports(reading: ReadSession, after: UUID | None, limit: int, state: str | None) -> list[Report]:
    """A page of reports, oldest first."""
    return await repository.reports_page(reading, after, limit, state)


@dataclass(frozen=True, slots=True)
class ReportInbox:
    """A page of reports as whoever decides on them reads it, and how many wait."""

    views: Sequence[ReportView]
    waiting: int
    emergencies: int
    following: UUID | None


async def show_inbox(reading: ReadSession, state: ReportState, after: UUID | None, limit: int) -> ReportInbox:
    """What waits by urgency, and each state newest first; ``after``: the last report of the page before."""
    last = await repository.report(reading, after) if after else None
    rows = await repository.inbox(reading, state.value, last, limit + 1)
    shown = rows[:limit]
    return ReportInbox(
        await view_reports(shown, reading),
        await repository.count_waiting(reading),
        await repository.count_waiting(reading, Urgency.EMERGENCY.value),
        shown[-1].id if len(rows) > limit else None,
    )


async def newest_reports(reading: ReadSession, state: str, limit: int) -> list[Report]:
    """The newest reports of a state, newest first."""
    return await repository.newest(reading, state, limit)


async def show_operation(operation_id: UUID, reading: ReadSession) -> tuple[Operation, list[Report]]:
    """One operation with its reports. Raises ``NotFound``."""
    found = await repository.operation(reading, operation_id)
    if found is None:
        raise NotFound(kind="operation")
    return found, await repository.reports_of_operation(reading, operation_id)
