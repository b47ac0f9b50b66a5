"""Tasks."""

from datetime import datetime

from sqlmodel import Field

from services.casework.office.matters.tables import AboutRow
from services.chassis.database import UTC_INSTANT, Aggregate


class Task(AboutRow, Aggregate, table=True):
    """Something to do at a desk by an instant; one per cause. ``call_…``: the desk that is to be called, if any."""

    __tablename__ = "tasks"

    step: str = Field(max_length=64)
    kind: str = Field(max_length=32)
    agency: str = Field(max_length=64)
    desk: str = Field(max_length=64)
    state: str = Field(max_length=16)
    due_at: datetime = Field(sa_type=UTC_INSTANT)
    is_overdue: bool = False
    paused_at: datetime | None = Field(default=None, sa_type=UTC_INSTANT)
    result_code: str | None = Field(default=None, max_length=64)
    ended_at: datetime | None = Field(default=None, sa_type=UTC_INSTANT)
    reply_to: str = Field(max_length=128)
    reply_workflow: str = Field(max_length=64)
    call_agency: str = Field(default="", max_length=64)
    call_desk: str = Field(default="", max_length=64)
