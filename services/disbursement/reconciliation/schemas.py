"""Request and response shapes of findings."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from services.chassis.web import CodeText, RequestBody
from services.disbursement.reconciliation.commands import ResolveFinding
from services.disbursement.reconciliation.domain import RESOLUTIONS, FindingKind, Resolution
from services.disbursement.reconciliation.tables import Finding


class ResolutionIn(RequestBody):
    """What is decided about a finding, and why."""

    resolution: Resolution
    reason_code: CodeText
    expected_version: Annotated[int, Field(ge=1, le=2**31 - 1)]

    def to_command(self, finding_id: UUID) -> ResolveFinding:
        """As the command takes it."""
        return ResolveFinding(finding_id, self.expected_version, self.resolution, self.reason_code)


class FindingOut(BaseModel):
    """Something that does not match, with its owner and its clock."""

    finding_id: UUID
    version: int
    kind: str
    batch_id: UUID
    payment_id: UUID | None
    desk: str
    due_at: datetime
    reason_code: str
    resolution: str | None
    resolved_at: datetime | None
    legal_now: list[str]

    @classmethod
    def of(cls, row: Finding) -> "FindingOut":
        """From the row."""
        allowed = RESOLUTIONS[FindingKind(row.kind)] if row.resolution is None else ()
        return cls(
            finding_id=row.id,
            version=row.version,
            kind=row.kind,
            batch_id=row.batch_id,
            payment_id=row.payment_id,
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
