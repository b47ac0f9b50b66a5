"""Request shapes of decisions about findings."""

from uuid import UUID

from services.chassis.web import RequestBody, Version
from services.disbursement.findings.domain import Resolution, ResolutionReason
from services.disbursement.reconciliation.commands import ResolveFinding


class ResolutionIn(RequestBody):
    """What is decided about a finding, and why."""

    resolution: Resolution
    reason_code: ResolutionReason
    expected_version: Version

    def to_command(self, finding_id: UUID) -> ResolveFinding:
        """As the command takes it."""
        return ResolveFinding(finding_id, self.expected_version, self.resolution, self.reason_code)
