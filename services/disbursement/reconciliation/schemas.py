"""Request shapes of decisions about findings."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from services.chassis.web import RequestBody
from services.disbursement.findings.domain import Resolution, ResolutionReason
from services.disbursement.reconciliation.commands import ResolveFinding


class ResolutionIn(RequestBody):
    """What is decided about a finding, and why."""

    resolution: Resolution
    reason_code: ResolutionReason
    expected_version: Annotated[int, Field(ge=1, le=2**31 - 1)]

    def to_command(self, finding_id: UUID) -> ResolveFinding:
        """As the command takes it."""
        return ResolveFinding(finding_id, self.expected_version, self.resolution, self.reason_code)
