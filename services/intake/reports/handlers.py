"""What reports hear of the cases that were opened out of them."""

from contracts.envelope import Envelope
from contracts.events.casework import (
    CaseClosed,
    CaseDuplicateUndone,
    CaseMarkedDuplicate,
    CaseOccurrenceRevoked,
    CaseOpened,
)
from services.chassis.database import UnitOfWork
from services.intake.reports.commands import follow_case, keep_case, note_case_closed
from services.intake.reports.tables import ReportCase


async def when_case_opened_keep_it(event: CaseOpened, envelope: Envelope, uow: UnitOfWork) -> None:
    """The number under which people know what became of a report."""
    case = ReportCase(
        report_id=event.source_report_id,
        case_id=envelope.subject,
        case_number=event.case_number,
        district=str(envelope.district),
    )
    await keep_case(case, uow)


async def when_case_closed_note_it(event: CaseClosed, envelope: Envelope, uow: UnitOfWork) -> None:
    """Nothing new is told about a person through a case that is over."""
    await note_case_closed(envelope.correlationid, True, uow)


async def when_case_marked_duplicate_follow_it(event: CaseMarkedDuplicate, envelope: Envelope, uow: UnitOfWork) -> None:
    """Its report tells what the other case's report told."""
    assert event.parent_report_id is not None
    await follow_case(envelope.correlationid, event.parent_report_id, uow)


async def when_case_duplicate_undone_follow_it(event: CaseDuplicateUndone, envelope: Envelope, uow: UnitOfWork) -> None:
    """Its report tells of somebody else."""
    await follow_case(envelope.correlationid, None, uow)


async def when_occurrence_revoked_case_goes_on(
    event: CaseOccurrenceRevoked, envelope: Envelope, uow: UnitOfWork
) -> None:
    """A case that was closed after what did not happen goes on."""
    await note_case_closed(envelope.correlationid, False, uow)
