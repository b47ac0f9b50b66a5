"""What is said about closing."""

from contracts.events.casework import CaseAidEnded, CaseClosingAsked
from services.casework.case.cases.tables import Case


def closing_asked(number: int) -> CaseClosingAsked:
    """Every other service is asked."""
    return CaseClosingAsked(round=number)


def aid_ended(case: Case, reason_code: str) -> CaseAidEnded:
    """The aid will not be paid any more."""
    assert case.aid_request_id is not None
    return CaseAidEnded(aid_request_id=case.aid_request_id, reason_code=reason_code)
