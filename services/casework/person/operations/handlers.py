"""What operations hear from intake, and from our own chain of custody."""

from contracts.envelope import Envelope
from contracts.events.casework import CustodyTransferred
from contracts.events.intake import OperationConducted, ReportReceived
from services.casework.person.operations import commands
from services.casework.person.operations.commands import KeepOperation
from services.chassis.database import UnitOfWork


async def when_operation_conducted_keep_it(event: OperationConducted, envelope: Envelope, uow: UnitOfWork) -> None:
    """Keep our copy, so that papers about it can be compared."""
    await commands.keep_operation(
        KeepOperation(
            operation_id=envelope.subject,
            correlation_id=envelope.correlationid,
            district=str(envelope.district),
            agency=event.agency,
            place_code=str(event.place_code),
            persons_count=event.persons_count,
            conducted_at=envelope.time,
        ),
        uow,
    )


async def when_report_received_keep_its_person(event: ReportReceived, envelope: Envelope, uow: UnitOfWork) -> None:
    """A report of an operation tells who was found in it."""
    if event.operation_id is not None:
        await commands.keep_operation_person(
            envelope.subject, event.operation_id, event.person_id, str(envelope.district), uow
        )


async def when_custody_transferred_compare_counts(
    event: CustodyTransferred, envelope: Envelope, uow: UnitOfWork
) -> None:
    """A person more was handed over: compare with the papers of their operation."""
    await commands.compare_counts_of_matter(event.about_id, uow)
