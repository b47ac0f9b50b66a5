"""Adding to the timeline."""

from contracts.envelope import Envelope, Event
from services.casework.case.timeline.tables import TimelineRow
from services.chassis.database import Said, UnitOfWork, current_trace_id

SEALED = {"sealed_pin"}
"""What no timeline keeps, not even under its seal."""


def line_of(said: Said) -> TimelineRow:
    """A fact of our own as a line, written with the fact: whoever acts sees it at once."""
    line = TimelineRow(
        fact_id=said.fact_id,
        district=said.about.district,
        correlation_id=said.about.correlation_id,
        event_type=said.fact.TYPE,
        facts=said.fact.model_dump(mode="json", exclude=SEALED),
        actor=said.actor,
        subject=said.about.id,
        sequence=said.about.version,
        trace_id=current_trace_id(),
    )
    if said.happened_at is not None:
        line.happened_at = said.happened_at
    return line


async def add_line(event: Event, envelope: Envelope, uow: UnitOfWork) -> None:
    """Keep another service's fact as a line of its case's timeline; the inbox lets it through once."""
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
