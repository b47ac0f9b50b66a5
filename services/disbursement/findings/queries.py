"""Read models of findings."""

from uuid import UUID

from services.chassis.database import ReadSession
from services.disbursement.findings import repository
from services.disbursement.findings.tables import Finding


async def list_findings(
    reading: ReadSession, after: UUID | None, limit: int, batch_id: UUID | None, is_open: bool | None
) -> list[Finding]:
    """A page of findings."""
    return await repository.findings_page(reading, after, limit, batch_id, is_open)
