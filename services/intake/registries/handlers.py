"""What registries hear from casework."""

from contracts.envelope import Envelope
from contracts.events.casework import HandoffRequested
from services.chassis.database import UnitOfWork
from services.intake.registries.commands import AskRegistry, ask_registry
from services.intake.registries.domain import KIND_OF_PURPOSE


async def when_handoff_requested_ask_registry(event: HandoffRequested, envelope: Envelope, uow: UnitOfWork) -> None:
    """A hand-off for identification or insurance is answered by a registry; others are not ours."""
    kind = KIND_OF_PURPOSE.get(event.purpose)
    if kind is None:
        return
    await ask_registry(
        AskRegistry(
            handoff_id=event.handoff_id,
            about_id=event.about_id,
            person_id=event.person_id,
            correlation_id=envelope.correlationid,
            district=str(envelope.district),
            kind=kind,
            source=event.to_agency,
        ),
        uow,
    )
