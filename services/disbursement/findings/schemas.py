"""Response shapes of findings."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from services.disbursement.findings.domain import legal_resolutions
from services.disbursement.findings.tables import Finding


class FindingOut(BaseModel):
    """Something that does not match, with its owner and its clock."""

    finding_id: UUID
    version: int
    kind: str
    batch_id: UUID
    payment_id: UUID | None
    line_no: int | None = Field(description="Baris berkas bank yang tidak terbaca")
    desk: str
    due_at: datetime
    reason_code: str
    resolution: str | None
    resolved_at: datetime | None
    legal_now: list[str]

    @classmethod
    def of(cls, row: Finding, kept_back: Collection[UUID] = ()) -> "FindingOut":
        """From the row; ``kept_back``: entitlements that may not be paid now."""
        allowed = legal_resolutions(
            row.kind, is_open=row.resolution is None, is_kept_back=row.entitlement_id in kept_back
        )
        return cls(
            finding_id=row.id,
            version=row.version,
            kind=row.kind,
            batch_id=row.batch_id,
            payment_id=row.payment_id,
            line_no=row.line_no,
            desk=row.desk,
            due_at=row.due_at,
            reason_code=row.reason_code,
            resolution=row.resolution,
            resolved_at=row.resolved_at,
            legal_now=[resolution.value for resolution in allowed],
        )


class FindingPage(BaseModel):
    """Findings by id; ``next_after`` is the cursor of the following page, if there is one."""

    items: list[FindingOut]
    next_after: UUID | None
