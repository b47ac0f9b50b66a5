"""What is said about occurrences."""

from contracts.events import casework as events


def occurrence_revoked(kind: str) -> events.CaseOccurrenceRevoked:
    """It did not happen."""
    return events.CaseOccurrenceRevoked(kind=kind)


def occurrence_recorded(kind: str, told_by: str) -> events.CaseOccurrenceRecorded:
    """Something happened to the person."""
    return events.CaseOccurrenceRecorded(kind=kind, told_by=told_by)
