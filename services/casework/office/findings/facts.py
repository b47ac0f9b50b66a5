"""What is said about findings."""

from typing import Any

from contracts.events.casework import FindingExplained, FindingOpened
from services.casework.office.findings.tables import Finding


def _about(finding: Finding) -> dict[str, Any]:
    return {
        "finding_id": finding.id,
        "kind": finding.kind,
        "owner_agency": finding.owner,
        "about_kind": finding.about_kind,
        "about_id": finding.about_id,
        "person_id": finding.person_id,
    }


def finding_opened(finding: Finding) -> FindingOpened:
    """Something does not match."""
    return FindingOpened(**_about(finding))


def finding_explained(finding: Finding) -> FindingExplained:
    """It was explained or settled; the reason's words stay here."""
    return FindingExplained(**_about(finding), explanation=finding.explanation or "OTHER_CAUSE")


def feed_item(finding: Finding, what: str) -> dict[str, Any]:
    """One line of the owner's feed."""
    return {
        "kind": f"finding.{what}",
        "finding_id": str(finding.id),
        "finding_kind": finding.kind,
        "about_kind": finding.about_kind,
        "about_id": str(finding.about_id),
        "owner_agency": finding.owner,
    }
