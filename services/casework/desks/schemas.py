"""Request and response shapes of the desks' API."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field, StringConstraints

from services.casework.desks.tables import Shift
from services.casework.handoffs.tables import Handoff
from services.chassis.web import RequestBody

DeskText = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
OfficerText = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9:._@-]{0,126}$")]
DistrictText = Annotated[str, StringConstraints(pattern=r"^[0-9]{2}\.[0-9]{2}$")]


class ShiftIn(RequestBody):
    """Somebody takes a turn at a desk of the caller's agency."""

    district: DistrictText
    desk: DeskText
    officer: OfficerText
    starts_at: AwareDatetime
    ends_at: AwareDatetime


class ShiftOut(BaseModel):
    """A turn at a desk."""

    shift_id: UUID
    agency: str
    desk: str
    officer: str
    starts_at: datetime
    ends_at: datetime
    is_withdrawn: bool
    version: int

    @classmethod
    def of(cls, shift: Shift) -> "ShiftOut":
        """From the row."""
        return cls(shift_id=shift.id, **shift.model_dump(include=set(cls.model_fields) - {"shift_id"}))


class Roster(BaseModel):
    """The turns of a desk in a span of time, and who has the turn now."""

    items: list[ShiftOut]
    on_duty: list[str]


class HandoverIn(RequestBody):
    """To whom everything that one has claimed goes; without a name it goes back to the desk."""

    to_officer: OfficerText | None = Field(default=None, description="Petugas jaga berikutnya")


class HandoverReceipt(BaseModel):
    """What went to the next turn."""

    handoff_ids: list[UUID]

    @classmethod
    def of(cls, handoffs: list[Handoff]) -> "HandoverReceipt":
        """From the rows."""
        return cls(handoff_ids=[handoff.id for handoff in handoffs])
