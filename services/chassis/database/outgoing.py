"""What leaves with a transaction: facts, signals and feed items, as rows of the outbox, and the trace they carry on.

A row is transport, ordering key, target, body, headers, district and whether it is urgent, as the write buffer takes
it. Facts and signals of what passes ahead are urgent; an agency reads its feed in one order, so that items never are.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from opentelemetry import trace
from opentelemetry.trace import SpanKind
from sqlmodel import SQLModel

from contracts.envelope import URGENT, Event
from contracts.topics import topic_of
from services.chassis import clock
from services.chassis.database.tables import Aggregate
from services.chassis.database.writer import to_json

_tracer = trace.get_tracer("sigap.database")


@dataclass(frozen=True, slots=True)
class Said:
    """A fact as a unit of work says it; without ``happened_at`` it happened as it is said."""

    fact: Event
    about: Aggregate
    fact_id: UUID
    happened_at: datetime | None
    actor: str


Keeps = Callable[[Said], SQLModel]
"""The row that a service keeps of each fact that it says itself, in the transaction that says it."""


def fact_row(said: Said, *, message_id: UUID, causation_id: UUID | None) -> tuple[Any, ...]:
    """A fact about an aggregate as a CloudEvent of its topic, with a producer's span of its own."""
    fact, about = said.fact, said.about
    topic = topic_of(fact.TYPE)
    headers = {
        "ce_specversion": "1.0",
        "ce_id": str(message_id),
        "ce_source": f"/sigap/{topic.name.split('.', 1)[0]}",
        "ce_type": fact.TYPE,
        "ce_subject": str(about.id),
        "ce_factid": str(said.fact_id),
        "ce_correlationid": str(about.correlation_id),
        "ce_sequence": str(about.version),
        "ce_district": about.district,
        "ce_actor": said.actor,
        "ce_sensitivity": fact.SENSITIVITY,
        "content-type": "application/json",
    }
    if said.happened_at is not None:
        headers["ce_time"] = said.happened_at.isoformat()
    if about.passes_ahead:
        headers["ce_urgent"] = URGENT
    if causation_id is not None:
        headers["ce_causationid"] = str(causation_id)
    span = _tracer.start_span(
        f"{topic.name} publish",
        kind=SpanKind.PRODUCER,
        attributes={"messaging.system": "kafka", "messaging.destination.name": topic.name, "event.type": fact.TYPE},
    )
    headers["traceparent"] = traceparent_of(span)
    span.end()
    key = str(about.id) if topic.key == "subject" else str(about.correlation_id)
    return ("kafka", key, topic.name, fact.to_body().decode(), to_json(headers), about.district, about.passes_ahead)


def signal_row(
    workflow: str, workflow_id: str, signal: str, message: Any, *, start: Any, about: Aggregate, queue: str
) -> tuple[Any, ...]:
    """What a workflow is told, with what it is started with when it does not run."""
    body = {
        "workflow": workflow,
        "workflow_id": workflow_id,
        "signal": signal,
        "event_id": str(clock.new_id()),
        "message": message.model_dump(mode="json"),
        "start": start.model_dump(mode="json"),
        "queue": queue,
    }
    headers = {"traceparent": current_traceparent(), "case.id": str(about.correlation_id)}
    return ("temporal", workflow_id, workflow, to_json(body), to_json(headers), about.district, about.passes_ahead)


def feed_row(agency: str, item: dict[str, Any], about: Aggregate) -> tuple[Any, ...]:
    """An item of an agency's feed."""
    headers = {"traceparent": current_traceparent(), "fact_id": str(clock.new_id())}
    return ("feed", agency, agency, to_json(item), to_json(headers), about.district, False)


def traceparent_of(span: trace.Span) -> str:
    """The W3C ``traceparent`` of a span."""
    context = span.get_span_context()
    return (
        f"00-{context.trace_id:032x}-{context.span_id:016x}-{int(context.trace_flags):02x}" if context.is_valid else ""
    )


def current_traceparent() -> str:
    """The W3C ``traceparent`` of the span we are in."""
    return traceparent_of(trace.get_current_span())


def current_trace_id() -> str | None:
    """The trace that we are in, 32 hex digits."""
    context = trace.get_current_span().get_span_context()
    return f"{context.trace_id:032x}" if context.is_valid else None
