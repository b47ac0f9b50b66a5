"""What is said about cases."""

from uuid import UUID

from contracts.events import casework as events
from contracts.values import RegionCode
from services.casework.case.cases.tables import Case


def case_opened(case: Case) -> events.CaseOpened:
    """A case was opened."""
    return events.CaseOpened(
        case_number=case.number,
        case_type=case.case_type,
        person_id=case.person_id,
        village_code=RegionCode(case.village_code),
        source_report_id=case.source_report_id,
        unit=case.unit,
    )


def case_stage_entered(case: Case) -> events.CaseStageEntered:
    """It went on."""
    return events.CaseStageEntered(stage=case.stage)


def case_outcome_recorded(case: Case) -> events.CaseOutcomeRecorded:
    """Its service ended."""
    return events.CaseOutcomeRecorded(outcome=case.outcome or "UNKNOWN")


def case_closed(case: Case, reason_code: str) -> events.CaseClosed:
    """Nothing is owed any more."""
    return events.CaseClosed(outcome=case.outcome or "UNKNOWN", reason_code=reason_code)


def case_tied(other: Case, *, is_the_child: bool) -> events.CaseTied:
    """It belongs together with another one."""
    return events.CaseTied(tied_case_id=other.id, is_the_child=is_the_child)


def case_untied(other: Case) -> events.CaseUntied:
    """It belongs together with another one no longer."""
    return events.CaseUntied(tied_case_id=other.id)


def case_marked_duplicate(parent: Case) -> events.CaseMarkedDuplicate:
    """Another case is about the same."""
    return events.CaseMarkedDuplicate(parent_case_id=parent.id, parent_report_id=parent.source_report_id)


def case_duplicate_undone(parent_case_id: UUID) -> events.CaseDuplicateUndone:
    """The other case is about somebody else."""
    return events.CaseDuplicateUndone(parent_case_id=parent_case_id)


def case_aid_requested(case: Case, programme_code: str) -> events.CaseAidRequested:
    """Disbursement is asked."""
    assert case.aid_request_id is not None
    return events.CaseAidRequested(
        aid_request_id=case.aid_request_id,
        programme_code=programme_code,
        person_id=case.person_id,
        village_code=RegionCode(case.village_code),
        reason_code=case.outcome or "UNKNOWN",
    )


def case_aid_held(aid_request_id: UUID, reason_code: str) -> events.CaseAidHeld:
    """Disbursement is asked to wait."""
    return events.CaseAidHeld(aid_request_id=aid_request_id, reason_code=reason_code)


def case_aid_released(aid_request_id: UUID, reason_code: str) -> events.CaseAidReleased:
    """Disbursement may go on."""
    return events.CaseAidReleased(aid_request_id=aid_request_id, reason_code=reason_code)
