"""What a procedure and the subjects that carry its steps out say to each other. Fields are only added."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from services.casework.office.matters.domain import About


class Message(BaseModel):
    """A frozen value; unknown fields of a newer writer are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")


def procedure_id(about: About) -> str:
    """Under which the procedure of a matter runs."""
    return f"{about.kind}:{about.id}"


class ProcedureStart(Message):
    """Input of a matter's procedure: the rows know the rest, so it can be started again at any stage."""

    about_id: UUID
    district: str
    rules_version: int = 1


class RequestStep(Message):
    """A procedure asks for a hand-off under a step of its own; asking again gives what became of it."""

    about_id: UUID
    step: str
    purpose: str
    occurrence: int = 1
    from_agency: str = ""


class StepResult(Message):
    """How a step stands: ended with an outcome, or still open; ``next_check_at``: when its deadline wants a look."""

    step: str
    ended: bool
    outcome: str = ""
    result_code: str = ""
    reason_code: str = ""
    agency: str = ""
    next_check_at: datetime | None = None


class StepEnded(Message):
    """Signal to a procedure: a step it asked for has ended."""

    event_id: str = ""
    step: str
    outcome: str
    result_code: str = ""
    reason_code: str = ""
    agency: str = ""


class CaseChanged(Message):
    """Signal to a procedure: something of its case changed, look again."""

    event_id: str = ""
