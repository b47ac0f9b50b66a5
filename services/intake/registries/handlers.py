"""What registries hear from casework."""

from contracts.envelope import Envelope
from contracts.events.casework import HandoffRequested, TaskCompleted
from services.chassis.database import UnitOfWork
from services.intake.registries.commands import AskRegistry, ask_registry, decide_identity
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


DECIDED = {"SAME_PERSON": True, "OTHER_PERSON": False}
"""How a task of casework to compare an identity ends; results of other tasks are not ours."""


async def when_task_completed_settle_identity(event: TaskCompleted, envelope: Envelope, uow: UnitOfWork) -> None:
    """Somebody compared the two sides of an identity: the registry's are believed, or go."""
    if event.result_code in DECIDED:
        await decide_identity(event.about_id, DECIDED[event.result_code], uow)
