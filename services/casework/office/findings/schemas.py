"""Request and response shapes of findings."""

import re
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field

from services.casework.office.findings.commands import ExplainFinding
from services.casework.office.findings.domain import Explanation
from services.casework.office.findings.tables import Finding
from services.chassis.web import ReasonText, RequestBody, Version

ByPeople = Literal[
    Explanation.RECORDED_LATE,
    Explanation.WRONG_TIME,
    Explanation.WRONG_PARTY,
    Explanation.PAPER_IS_WRONG,
    Explanation.PERSON_LEFT,
    Explanation.OTHER_CAUSE,
]


def _without_long_numbers(reason: str) -> str:
    if re.search(r"\d{9}", reason):
        raise ValueError("a number of a person or a telephone does not belong into a reason")
    return reason


Reason = Annotated[ReasonText, AfterValidator(_without_long_numbers)]


class ExplanationIn(RequestBody):
    """Why it did not match."""

    explanation: ByPeople
    reason: Reason = Field(description="Singkat, tanpa nama orang dan tanpa NIK")
    expected_version: Version | None = None

    def command(self, finding_id: UUID) -> ExplainFinding:
        """As the command takes it."""
        return ExplainFinding(finding_id, self.explanation, self.reason, self.expected_version)


class FindingOut(BaseModel):
    """Something that does not match, with its owner."""

    finding_id: UUID
    kind: str
    state: str
    version: int
    owner: str
    about_kind: str
    about_id: UUID
    person_id: UUID | None
    details: dict[str, Any]
    found_at: datetime
    explanation: str | None
    reason: str | None
    explained_by: str | None
    explained_at: datetime | None

    @classmethod
    def of(cls, finding: Finding) -> "FindingOut":
        """From the row."""
        return cls(finding_id=finding.id, **finding.model_dump(include=set(cls.model_fields)))


class FindingReceipt(BaseModel):
    """How a finding stands after it was explained."""

    finding_id: UUID
    state: str
    version: int
    explanation: str | None

    @classmethod
    def of(cls, finding: Finding) -> "FindingReceipt":
        """From the row."""
        return cls(finding_id=finding.id, state=finding.state, version=finding.version, explanation=finding.explanation)


class FindingPage(BaseModel):
    """Findings in order of id; ``next_after`` is the cursor of the following page."""

    items: list[FindingOut]
    next_after: UUID | None
