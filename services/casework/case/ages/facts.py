"""What is said about ages."""

from contracts.events import casework as events
from services.casework.case.ages.tables import AgeDecision


def adulthood_decided(decision: AgeDecision) -> events.CaseAdulthoodDecided:
    """Two people say that it is an adult."""
    return events.CaseAdulthoodDecided(person_id=decision.person_id, evidence_code=decision.evidence)


def adulthood_taken_back(decision: AgeDecision, reason_code: str) -> events.CaseAdulthoodTakenBack:
    """It is a child until proven otherwise, again."""
    return events.CaseAdulthoodTakenBack(person_id=decision.person_id, reason_code=reason_code)
