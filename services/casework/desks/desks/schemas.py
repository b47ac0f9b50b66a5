"""Request and response shapes of the desks' API."""

from datetime import datetime
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field, StringConstraints

from contracts.fields import Instant
from services.casework.desks.desks.commands import PlanShift
from services.casework.desks.desks.domain import ForeseenDeadline
from services.casework.handoff.handoffs.tables import Handoff
from services.casework.office.rosters.tables import Shift
from services.chassis.web import RequestBody

DeskText = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
PhoneText = Annotated[str, StringConstraints(pattern=r"^([a-z0-9]+([._-][a-z0-9]+)*)?$", max_length=64)]
OfficerText = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9:._@-]{0,126}$")]
DistrictText = Annotated[str, StringConstraints(pattern=r"^[0-9]{2}\.[0-9]{2}$")]


class ShiftIn(RequestBody):
    """Somebody takes a turn at a desk of the caller's agency."""

    district: DistrictText
    desk: DeskText
    officer: OfficerText
    starts_at: Instant
    ends_at: Instant
    phone: PhoneText = Field(default="", description="Kode telepon jaga meja itu; kosong: nomor meja sendiri")

    def command(self) -> PlanShift:
        """What it asks for."""
        return PlanShift(self.district, self.desk, self.officer, self.starts_at, self.ends_at, self.phone)


class ShiftOut(BaseModel):
    """A turn at a desk."""

    shift_id: UUID
    agency: str
    desk: str
    officer: str
    starts_at: datetime
    ends_at: datetime
    phone: str
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


class ShiftFormIn(RequestBody):
    """A page's turn; the times are the district's wall clock."""

    district: DistrictText
    desk: DeskText
    officer: OfficerText
    starts_local: datetime
    ends_local: datetime
    phone: PhoneText = ""

    def shift(self, zone: str) -> ShiftIn:
        """As the API takes it."""
        return ShiftIn(
            district=self.district,
            desk=self.desk,
            officer=self.officer,
            starts_at=self.starts_local.replace(tzinfo=ZoneInfo(zone)),
            ends_at=self.ends_local.replace(tzinfo=ZoneInfo(zone)),
            phone=self.phone,
        )


class ShiftWithdrawalIn(RequestBody):
    """Which turn is taken off, and of which desk."""

    shift_id: UUID
    desk: DeskText


class EscalationForeseen(BaseModel):
    """An escalation step that would be taken, and who would be told."""

    at: datetime
    kind: str
    told: list[str]


class DeadlineForeseen(BaseModel):
    """A deadline that a request would start now."""

    kind: str
    due_at: datetime
    sentence: str
    is_emergency: bool
    escalations: list[EscalationForeseen]


class DryRun(BaseModel):
    """What would happen if an agency were asked now and never said a word."""

    items: list[DeadlineForeseen]

    @classmethod
    def of(cls, deadlines: list[ForeseenDeadline]) -> "DryRun":
        """From the rules."""
        return cls(
            items=[
                DeadlineForeseen(
                    kind=deadline.kind.value,
                    due_at=deadline.due_at,
                    sentence=deadline.sentence,
                    is_emergency=deadline.is_emergency,
                    escalations=[
                        EscalationForeseen(at=r.at, kind=r.kind.value, told=list(r.told)) for r in deadline.escalations
                    ],
                )
                for deadline in deadlines
            ]
        )


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
