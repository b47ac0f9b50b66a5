"""What is said about reports and operations."""

from collections.abc import Sequence
from uuid import UUID

from contracts.events.intake import (
    OperationConducted,
    ReportDuplicateUndone,
    ReportMarkedDuplicate,
    ReportReceived,
    ReportRejected,
    ReportVerified,
)
from contracts.values import CASE_TYPE_GUESS, Kind, RegionCode
from services.intake.reports.tables import Operation, Report


def report_received(report: Report) -> ReportReceived:
    """A report came in."""
    return ReportReceived(
        channel=report.channel,
        kind_guess=report.kind,
        village_code=RegionCode(report.village_code),
        urgency=report.urgency,
        person_id=report.person_id,
        operation_id=report.operation_id,
        reporter_agency=report.reporter_agency,
        evidence_digests=tuple(item["digest"] for item in report.evidence),
        found_at=report.found_at,
    )


def report_verified(report: Report, apparent_minor: bool) -> ReportVerified:
    """A report is believed: casework may open a case."""
    return ReportVerified(
        case_type_guess=CASE_TYPE_GUESS[Kind(report.kind)],
        kind=report.kind,
        person_id=report.person_id,
        village_code=RegionCode(report.village_code),
        urgency=report.urgency,
        operation_id=report.operation_id,
        channel=report.channel,
        reporter_agency=report.reporter_agency,
        apparent_minor=apparent_minor,
        is_with_reporter=report.is_with_reporter,
        found_at=report.found_at,
    )


def report_rejected(reason_code: str) -> ReportRejected:
    """A report was refused."""
    return ReportRejected(reason_code=reason_code)


def report_marked_duplicate(parent_report_id: UUID) -> ReportMarkedDuplicate:
    """A report tells what another one told already."""
    return ReportMarkedDuplicate(parent_report_id=parent_report_id)


def report_duplicate_undone(parent_report_id: UUID) -> ReportDuplicateUndone:
    """The other report is about somebody else."""
    return ReportDuplicateUndone(parent_report_id=parent_report_id)


def operation_conducted(operation: Operation, report_ids: Sequence[UUID]) -> OperationConducted:
    """An operation took place and was registered whole."""
    return OperationConducted(
        agency=operation.agency,
        place_code=RegionCode(operation.place_code),
        persons_count=operation.persons_count,
        report_ids=tuple(report_ids),
    )
