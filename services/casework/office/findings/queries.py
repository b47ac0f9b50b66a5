"""Read models of findings."""

from uuid import UUID

from services.casework.office.findings import repository
from services.casework.office.findings.domain import FindingFilter, FindingState
from services.casework.office.findings.tables import Finding
from services.chassis.database import ReadSession
from services.chassis.errors import NotFound


async def list_findings(reading: ReadSession, wanted: FindingFilter, after: UUID | None, limit: int) -> list[Finding]:
    """A page of the findings that the caller may see."""
    return await repository.page(reading, wanted, after, limit)


async def show_finding(reading: ReadSession, finding_id: UUID) -> Finding:
    """One finding. Raises ``NotFound``, also when it is not for the caller's eyes."""
    finding = await repository.one(reading, finding_id)
    if finding is None:
        raise NotFound(kind="case_findings")
    return finding


async def open_findings_of_person(reading: ReadSession, person_id: UUID, limit: int = 50) -> list[Finding]:
    """What about a person does not match now, as far as the caller may see it."""
    return await repository.page(reading, FindingFilter(FindingState.OPEN, person_id=person_id), None, limit)


async def findings_of_matter(reading: ReadSession, about_id: UUID, limit: int = 200) -> list[Finding]:
    """All findings of a case, explained ones too."""
    return await repository.page(reading, FindingFilter(about_id=about_id), None, limit)
