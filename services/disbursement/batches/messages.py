"""Inputs and results of the payment workflow, its signals and activities. Fields are only added."""

from datetime import timedelta
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class Message(BaseModel):
    """A frozen value; unknown fields of a newer writer are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class PaymentBatchStart(Message):
    """Input of ``PaymentBatchWorkflow``: the rows know the rest, so it can be started again at any stage."""

    batch_id: UUID
    district: str
    rules_version: int = 1


class BatchChanged(Message):
    """Signal: the row changed, or somebody wants it looked at now."""

    event_id: str = ""


class BatchReading(Message):
    """What the rows say has to happen next."""

    is_to_be_sent: bool = False
    is_awaiting_statement: bool = False
    first_wait: timedelta = timedelta(seconds=1)
    longest_wait: timedelta = timedelta(minutes=15)


class Submission(Message):
    """What the rail said to the payment file; ``refusal`` is empty when the file is with the bank."""

    batch_id: UUID
    file_digest: str = ""
    refusal: str = ""
