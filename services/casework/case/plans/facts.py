"""What is said about assessments and plans: that there is one, never what it says."""

from contracts.events import casework as events
from services.casework.case.plans.tables import Assessment, Plan


def assessed(assessment: Assessment) -> events.CaseAssessed:
    """Somebody looked at what the person needs."""
    return events.CaseAssessed(number=assessment.number)


def plan_proposed(plan: Plan) -> events.CasePlanProposed:
    """A version waits to be signed."""
    return events.CasePlanProposed(number=plan.number)


def plan_approved(plan: Plan) -> events.CasePlanApproved:
    """It is in force."""
    return events.CasePlanApproved(number=plan.number)


def plan_returned(plan: Plan, reason_code: str) -> events.CasePlanReturned:
    """It goes back to whoever wrote it."""
    return events.CasePlanReturned(number=plan.number, reason_code=reason_code)
