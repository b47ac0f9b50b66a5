"""Inputs and results of hand-off workflows, signals and activities. Fields are only added."""

from datetime import datetime, timedelta
from uuid import UUID

from services.casework.office.procedure_messages.messages import Message


class HandoffStart(Message):
    """Input of ``HandoffWorkflow``: the row knows the rest."""

    handoff_id: UUID
    district: str
    rules_version: int = 1


class HandoffChanged(Message):
    """Signal: the row changed, look again."""

    event_id: str = ""


class ClockReading(Message):
    """What the row says about its clock; ``look_again_within``: no instant can be believed now, look after a while."""

    is_open: bool
    look_again_at: datetime | None = None
    look_again_within: timedelta | None = None
