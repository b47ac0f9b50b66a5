"""Request and response shapes of closures."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from services.casework.desks.closures.commands import CloseAgency
from services.casework.desks.closures.domain import ClosureReason, Disposition
from services.casework.desks.closures.queries import Foreseen
from services.casework.desks.closures.tables import Closure
from services.chassis.web import RequestBody

AGENCY = r"^[a-z0-9][a-z0-9._-]{0,63}$"
DISTRICT = r"^[0-9]{2}\.[0-9]{2}$"
AgencyText = Annotated[str, StringConstraints(pattern=AGENCY)]
DistrictText = Annotated[str, StringConstraints(pattern=DISTRICT)]


class ClosureIn(RequestBody):
    """An agency closes, and what becomes of its open hand-offs."""

    district: DistrictText
    agency: AgencyText = Field(description="Instansi yang tutup")
    disposition: Disposition = Field(description="RESEND: beri tahu lagi; REDIRECT: alihkan; WITHDRAW: tarik kembali")
    reason_code: ClosureReason
    to_agency: AgencyText | None = Field(
        default=None, description="Instansi pengganti; kosong: calon berikutnya dari setiap serah terima"
    )

    def command(self) -> CloseAgency:
        """As the command takes it."""
        return CloseAgency(self.district, self.agency, self.disposition, self.reason_code, self.to_agency)


class ForeseenOut(BaseModel):
    """What would become of one hand-off."""

    handoff_id: UUID
    case_number: str
    purpose: str
    state: str
    disposition: str

    @classmethod
    def of(cls, found: Foreseen) -> "ForeseenOut":
        """From the read model."""
        return cls(
            handoff_id=found.handoff_id,
            case_number=found.case_number,
            purpose=found.purpose,
            state=found.state,
            disposition=found.disposition.value,
        )


class ClosurePreview(BaseModel):
    """What a closure would do; nothing was done."""

    items: list[ForeseenOut]


class ClosureReceipt(BaseModel):
    """How far a closure is."""

    closure_id: UUID
    agency: str
    disposition: str
    to_agency: str | None
    reason_code: str
    state: str
    handoffs: int
    waiting: int
    version: int

    @classmethod
    def of(cls, closure: Closure) -> "ClosureReceipt":
        """From the row."""
        return cls(closure_id=closure.id, **closure.model_dump(include=set(cls.model_fields) - {"closure_id"}))


class ClosureItemOut(BaseModel):
    """One hand-off of a closure and its result."""

    handoff_id: UUID
    case_number: str
    purpose: str
    disposition: str
    state: str
    result: str | None
    handoff_state: str


class ClosureDetail(ClosureReceipt):
    """A closure with its hand-offs by id; ``next_after`` is the cursor of the following page, if there is one."""

    items: list[ClosureItemOut]
    next_after: UUID | None

    @classmethod
    def of_rows(cls, closure: Closure, rows: Sequence[Any], limit: int) -> "ClosureDetail":
        """From the rows."""
        items = [ClosureItemOut.model_validate({**row, "case_number": row["number"]}) for row in rows]
        return cls(
            **ClosureReceipt.of(closure).model_dump(),
            items=items,
            next_after=items[-1].handoff_id if len(items) == limit else None,
        )
