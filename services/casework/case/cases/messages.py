"""Inputs and results of the activities of case procedures. Fields are only added."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from services.casework.office.procedure_messages.messages import Message


class CaseRef(Message):
    """A case by its id."""

    case_id: UUID


class CaseFacts(Message):
    """What a procedure needs to know of its case.

    ``found_in_custody``: an agency had the person in hand when the case was opened. ``ready``: by step, who says that
    the person may be fetched. ``stay_ends_at``: when something about the person's custody is due, such
    as the end of a stay in a shelter or a paper that nobody has brought. ``resumed_at``: when somebody who had left was
    found again, so that the service is given anew.
    """

    case_id: UUID
    district: str
    case_type: str
    is_over: bool
    stage: str = ""
    outcome: str = ""
    reporter_agency: str = ""
    apparent_minor: bool = False
    has_aid: bool = False
    visits: int = 0
    has_ended: bool = False
    urgency: str = ""
    found_in_custody: bool = False
    has_shelter: bool = False
    medicine_controls: int = 0
    ready: dict[str, str] = Field(default_factory=dict)
    stay_ends_at: datetime | None = None
    resumed_at: datetime | None = None


class EnterStage(Message):
    """The case goes on to a stage."""

    case_id: UUID
    stage: str


class RecordOutcome(Message):
    """The service ended with an outcome."""

    case_id: UUID
    outcome: str


class CreateStepTask(Message):
    """A step gives a desk something to do; ``visit_no`` (from 1) takes its due time from the pack's visits.

    ``agency``: who is to do it; without one whoever the pack names for the ``purpose``, else the case holder.
    """

    case_id: UUID
    step: str
    kind: str
    occurrence: int = 1
    purpose: str = ""
    visit_no: int = 0
    agency: str = ""


class CloseResult(Message):
    """Whether the case closed, else what blocks it."""

    closed: bool
    blockers: tuple[str, ...] = ()
