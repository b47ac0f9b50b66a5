"""What a report's code tells, and the objections that wait."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.chassis import sealing
from services.chassis.database import ReadSession, Units
from services.chassis.persons import log_special_reads
from services.intake.persons.commands import Sealer
from services.intake.public import domain, repository
from services.intake.public.domain import Progress
from services.intake.public.tables import Objection
from services.intake.reports import repository as reports
from services.intake.reports.domain import digest_of_code
from services.intake.reports.tables import Report


@dataclass(frozen=True, slots=True)
class ReportStatus:
    """What whoever has the code is told: no name, no place, no stage."""

    received_at: datetime | None
    progress: Progress
    reason_code: str | None
    objection: Objection | None
    may_object: bool


@dataclass(frozen=True, slots=True)
class ShownObjection:
    """An objection with its words, the report it is about, and whether the caller may decide on it."""

    row: Objection
    words: str
    report: Report
    case_number: str | None
    may_decide: bool


async def status_of(code: str, reading: ReadSession) -> ReportStatus:
    """What became of the report with a code. Raises ``CodeIsUnknown``."""
    report = await repository.by_code(reading, digest_of_code(code))
    if report is None:
        raise domain.CodeIsUnknown
    goes_on, progress = await repository.that_goes_on(report, reading)
    objection = await repository.objection_to(reading, goes_on.id, progress.value)
    return ReportStatus(
        received_at=report.recorded_at,
        progress=progress,
        reason_code=goes_on.reason_code if progress is Progress.REFUSED else None,
        objection=objection,
        may_object=progress in domain.OBJECTIONABLE and objection is None,
    )


async def open_objections(reading: ReadSession, units: Units, sealer: Sealer) -> Sequence[ShownObjection]:
    """What waits, oldest first, in the reporters' words; the readings are kept before anything is opened."""
    rows = await repository.open_objections(reading)
    if not rows:
        return []
    about = [(row.id, row.district) for row in rows]
    await log_special_reads(units, reading.principal, "VERIFICATION", "objections", about, ["words"])
    ids = [row.report_id for row in rows]
    known = {report.id: report for report in await reports.of_ids(reading, ids)}
    cases = await reports.cases_of(reading, ids)
    return [
        ShownObjection(
            row=row,
            words=sealing.unseal(row.sealed, sealer.storage_key()).get("words") or "",
            report=known[row.report_id],
            case_number=cases[row.report_id].case_number if row.report_id in cases else None,
            may_decide=known[row.report_id].decided_by != reading.principal.actor,
        )
        for row in rows
        if row.report_id in known
    ]
