"""Telling a case's procedure to look again."""

from services.casework.office.procedure_messages.messages import CaseChanged, ProcedureStart
from services.chassis.database import Aggregate, UnitOfWork


def look_again(workflow: str, workflow_id: str, start: ProcedureStart, about: Aggregate, uow: UnitOfWork) -> None:
    """Start the procedure, or let it read its case again; a case without one is led by people alone."""
    if workflow:
        uow.signal(workflow, workflow_id, "case_changed", CaseChanged(), start=start, about=about)
