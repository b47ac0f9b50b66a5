"""Response shapes of oversight."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

from services.casework.desks.oversight.domain import LIST_ROWS


class CaseWithoutNextStep(BaseModel):
    """An open case for which nothing is due and nothing is awaited."""

    case_id: UUID
    case_number: str
    stage: str
    holder: str
    last_moved_at: datetime | None
    paused: int = Field(description="Tugas yang dihentikan sementara, misalnya karena orangnya dicari")


class CasesWithoutNextStep(BaseModel):
    """Empty, or each explained by its stage and what stands still."""

    items: list[CaseWithoutNextStep]

    @classmethod
    def of(cls, rows: Sequence[Any]) -> "CasesWithoutNextStep":
        """From the rows."""
        return cls(items=[CaseWithoutNextStep.model_validate(dict(row)) for row in rows])


class ClockWithoutKeeper(BaseModel):
    """A hand-off whose clock will ring, and what its workflow was last told."""

    handoff_id: UUID
    case_number: str
    agency: str
    rings_at: datetime
    looked_at: datetime | None
    looks_again_at: datetime | None
    difference: str = Field(description="NO_KEEPER, LOOKS_TOO_LATE atau DID_NOT_RING")


class ClocksWithoutKeeper(BaseModel):
    """Empty, or each with how clock and workflow differ; ``reconcile`` brings them together."""

    items: list[ClockWithoutKeeper]

    @classmethod
    def of(cls, rows: Sequence[Any]) -> "ClocksWithoutKeeper":
        """From the rows."""
        return cls(items=[ClockWithoutKeeper.model_validate(dict(row)) for row in rows])


class AuditRow(BaseModel):
    """One line of a list; which fields are filled depends on the list."""

    agency: str
    case_number: str
    handoff_id: UUID | None = None
    case_id: UUID | None = None
    verb: str | None = None
    clock: str | None = None
    reason: str | None = None
    happened_at: datetime | None = None
    recorded_at: datetime
    ended_at: datetime | None = None
    late_seconds: int | None = None
    actor: str
    verdict: str | None = None
    package: str | None = Field(default=None, description="Alamat paket yang dikirim")
    readers: str | None = Field(default=None, description="Alamat daftar pembaca paket")


class AuditPage(BaseModel):
    """A list of a period; ``is_cut``: there is more, narrow the period."""

    items: list[AuditRow]
    is_cut: bool

    @classmethod
    def of(cls, rows: Sequence[Any]) -> "AuditPage":
        """From the rows."""
        return cls(items=[_row(row) for row in rows], is_cut=len(rows) == LIST_ROWS)


def _row(row: Any) -> AuditRow:
    found = AuditRow.model_validate(dict(row))
    if found.handoff_id is None:
        return found
    about = f"/handoffs/{found.handoff_id}"
    return found.model_copy(update={"package": f"{about}/package", "readers": f"{about}/readers"})
