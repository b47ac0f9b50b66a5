"""What occurrences hear from hand-offs."""

from contracts.envelope import Envelope
from contracts.events.casework import HandoffFailed
from services.casework.case.occurrences import commands
from services.chassis.database import UnitOfWork


async def when_handoff_failed_record_what_happened(event: HandoffFailed, envelope: Envelope, uow: UnitOfWork) -> None:
    """Whoever had the person says that they died or left."""
    await commands.hear_failure(envelope.subject, envelope.recordedtime, uow)
