"""Adding to the timeline."""

from contracts.envelope import Envelope, Event
from services.casework.case.timeline.tables import TimelineRow
from services.chassis.database import UnitOfWork

SEALED = {"sealed_pin"}
"""What no timeline keeps, not even under its seal."""


async def add_line(event: Event, envelope: Envelope, uow: UnitOfWork) -> None:
    """Keep a fact as a line of its case's timeline; the inbox lets it through once."""
    parts = (envelope.traceparent or "").split("-")
    uow.insert(
        TimelineRow(
            fact_id=envelope.factid,
            district=str(envelope.district),
            correlation_id=envelope.correlationid,
            event_type=envelope.type,
            facts=event.model_dump(mode="json", exclude=SEALED),
            happened_at=envelope.time,
            recorded_at=envelope.recordedtime,
            actor=envelope.actor,
            subject=envelope.subject,
            sequence=envelope.sequence,
            trace_id=parts[1] if len(parts) == 4 else None,
        )
    )
