"""Response shapes of the timeline."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from services.casework.case.timeline.queries import Line


class TimelineLine(BaseModel):
    """One thing that happened to a case, in whichever service."""

    fact_id: UUID
    happened_at: datetime
    recorded_at: datetime
    is_late: bool = Field(description="Dicatat jauh sesudah terjadi")
    service: str
    event_type: str
    text: str
    actor: str
    trace_id: str | None

    @classmethod
    def of(cls, line: Line) -> "TimelineLine":
        """From the read model."""
        return cls(**{name: getattr(line, name) for name in cls.model_fields})


class TimelineOut(BaseModel):
    """What happened, in order."""

    case_id: UUID
    lines: list[TimelineLine]
