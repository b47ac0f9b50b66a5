"""Inputs and results of the message workflow, its signals and activities. Fields are only added."""

from datetime import timedelta
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """A frozen value; unknown fields of a newer writer are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class MessageStart(Frozen):
    """Input of ``MessageWorkflow``: the row knows the rest, so it can be started again at any stage."""

    message_id: UUID
    district: str
    rules_version: int = 1


class MessageChanged(Frozen):
    """Signal: the row changed, or somebody wants it looked at now."""

    event_id: str = ""


class MessageReading(Frozen):
    """What the row says has to happen next; no text and no number."""

    is_missing_facts: bool = False
    is_to_be_sent: bool = False
    is_awaiting_report: bool = False
    first_wait: timedelta = timedelta(seconds=1)
    longest_wait: timedelta = timedelta(minutes=15)


class Sending(Frozen):
    """What the gateway said; ``refusal`` is empty when it has the message."""

    message_id: UUID
    refusal: str = ""
