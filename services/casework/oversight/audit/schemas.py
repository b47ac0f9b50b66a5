"""Response shapes of oversight."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi.responses import Response
from pydantic import BaseModel, Field

from services.casework.oversight.audit.domain import LIST_ROWS, as_csv

AGENCY = r"^([a-z0-9][a-z0-9._-]{0,63})?$"
"""An agency's code, or nothing for all."""


def csv_answer(name: str, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> Response:
    """A list as a sheet to be saved under a name."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(as_csv(heads, rows), media_type="text/csv; charset=utf-8", headers=headers)


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
    is_cut: bool = Field(description="Masih ada yang lain: jelaskan yang ini dahulu")

    @classmethod
    def of(cls, rows: Sequence[Any]) -> "CasesWithoutNextStep":
        """From the rows."""
        items = [CaseWithoutNextStep.model_validate(dict(row)) for row in rows]
        return cls(items=items, is_cut=len(items) == LIST_ROWS)


class DeadlineWithoutTimer(BaseModel):
    """A hand-off whose deadline will escalate, and what its workflow was last told."""

    handoff_id: UUID
    case_number: str
    agency: str
    escalates_at: datetime
    checked_at: datetime | None
    next_check_at: datetime | None
    difference: str = Field(description="NO_TIMER, CHECKS_TOO_LATE atau DID_NOT_ESCALATE")


class DeadlinesWithoutTimer(BaseModel):
    """Empty, or each with how deadline and workflow differ; ``reconcile`` brings them together."""

    items: list[DeadlineWithoutTimer]
    is_cut: bool = Field(description="Masih ada yang lain: jalankan reconcile dahulu")

    @classmethod
    def of(cls, rows: Sequence[Any]) -> "DeadlinesWithoutTimer":
        """From the rows."""
        items = [DeadlineWithoutTimer.model_validate(dict(row)) for row in rows]
        return cls(items=items, is_cut=len(items) == LIST_ROWS)


class AuditRow(BaseModel):
    """One line of a list; which fields are filled depends on the list."""

    agency: str
    case_number: str
    handoff_id: UUID | None = None
    case_id: UUID | None = None
    purpose: str | None = None
    verb: str | None = None
    deadline: str | None = None
    reason: str | None = None
    happened_at: datetime | None = None
    recorded_at: datetime
    ended_at: datetime | None = None
    late_seconds: int | None = None
    actor: str
    verdict: str | None = None
    disclosure: str | None = Field(default=None, description="Alamat paket yang dikirim")
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
    return found.model_copy(update={"disclosure": f"{about}/disclosure", "readers": f"{about}/readers"})
