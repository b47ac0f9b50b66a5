"""Read models of findings."""

from uuid import UUID

from services.chassis.database import ReadSession
from services.chassis.errors import NotFound
from services.disbursement.findings import repository
from services.disbursement.findings.tables import Finding


async def list_findings(
    reading: ReadSession, after: UUID | None, limit: int, batch_id: UUID | None, is_open: bool | None
) -> list[Finding]:
    """A page of findings."""
    return await repository.findings_page(reading, after, limit, batch_id, is_open)


async def show_finding(finding_id: UUID, reading: ReadSession) -> Finding:
    """One finding. Raises ``NotFound``, also when it lies outside the caller's scope."""
    found = await repository.one(reading, finding_id)
    if found is None:
        raise NotFound(kind="finding")
    return found
