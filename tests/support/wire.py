"""Messages as another service's relay would put them on a topic."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from contracts.envelope import Envelope, Event
from contracts.events.casework import HandoffRequested

VILLAGE = "35.24.17.2007"


def wire(
    event: Event,
    *,
    subject: UUID,
    correlation_id: UUID,
    sequence: int = 1,
    fact_id: UUID | None = None,
    district: str = "35.24",
    type_name: str | None = None,
    is_urgent: bool = False,
) -> tuple[bytes, bytes, list[tuple[str, bytes]]]:
    """Key, body and headers of an event."""
    now = datetime.now(UTC)
    fact_id = fact_id or uuid4()
    envelope = Envelope.model_validate(
        {
            "id": fact_id,
            "source": f"/sigap/{event.TYPE.split('.')[0]}",
            "type": type_name or event.TYPE,
            "subject": subject,
            "time": now,
            "factid": fact_id,
            "recordedtime": now,
            "correlationid": correlation_id,
            "sequence": sequence,
            "district": district,
            "actor": "system:test",
            "sensitivity": event.SENSITIVITY,
            "urgent": is_urgent,
        }
    )
    return str(correlation_id).encode(), event.to_body(), envelope.to_headers()


def handoff_of(person_id: UUID) -> HandoffRequested:
    """A case asks Dukcapil who this is."""
    return HandoffRequested(
        handoff_id=uuid4(),
        about_kind="case",
        about_id=uuid4(),
        purpose="IDENTIFICATION",
        from_agency="dinsos-lamongan",
        to_agency="dukcapil-lamongan",
        to_desk="identifikasi",
        answer_by=datetime.now(UTC) + timedelta(days=1),
        candidate_no=1,
        person_id=person_id,
    )
