"""Request and response shapes of ages."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from services.casework.case.ages.commands import ProposeAdulthood
from services.casework.case.ages.domain import AgeEvidence, ChildAgainReason
from services.casework.case.ages.queries import AgeView
from services.casework.case.ages.tables import AgeDecision
from services.chassis.web import RequestBody, Version


class AdulthoodIn(RequestBody):
    """What shows that the person is an adult."""

    evidence: AgeEvidence

    def command(self, case_id: UUID) -> ProposeAdulthood:
        """As the command takes it."""
        return ProposeAdulthood(case_id, self.evidence)


class AdulthoodDecisionIn(RequestBody):
    """The other person's word."""

    expected_version: Version | None = None


class ChildAgainIn(RequestBody):
    """Why the person is protected as a child again."""

    reason_code: ChildAgainReason
    expected_version: Version | None = None


class AgeDecisionOut(BaseModel):
    """A decision that somebody is an adult."""

    age_decision_id: UUID
    case_id: UUID
    person_id: UUID
    state: str
    version: int
    evidence: str
    proposed_by: str
    proposed_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    ended_by: str | None
    ended_at: datetime | None
    end_reason: str | None

    @classmethod
    def of(cls, row: AgeDecision) -> "AgeDecisionOut":
        """From the row."""
        return cls(age_decision_id=row.id, **row.model_dump(include=set(cls.model_fields) - {"age_decision_id"}))


class AgeOut(BaseModel):
    """Whether the case's person is taken for a child; ``is_known``: the register tells the age."""

    apparent_minor: bool
    is_known: bool
    decision: AgeDecisionOut | None
    legal_now: list[str]

    @classmethod
    def of(cls, view: AgeView) -> "AgeOut":
        """From the read model."""
        return cls(
            apparent_minor=view.case.apparent_minor,
            is_known=view.is_known,
            decision=AgeDecisionOut.of(view.decision) if view.decision else None,
            legal_now=list(view.legal_now),
        )
