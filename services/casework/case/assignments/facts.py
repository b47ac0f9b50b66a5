"""What is said about whose case it is."""

from contracts.events import casework as events


def case_assigned(worker: str | None, former: str | None) -> events.CaseAssigned:
    """Somebody sees to a case from now on, or nobody by name."""
    return events.CaseAssigned(worker=worker, former=former)
