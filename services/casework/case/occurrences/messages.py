"""Inputs of the activities about what happened. Fields are only added."""

from uuid import UUID

from services.casework.office.procedure_messages.messages import Message


class StepOccurrence(Message):
    """Whoever worked on a step of a case said that something happened to the person."""

    case_id: UUID
    step: str
    kind: str
    told_by: str


class StepTold(Message):
    """What became of it: whether the service has ended."""

    has_ended: bool = True
