"""The only code that says whose case it is."""

from dataclasses import dataclass
from uuid import UUID

from services.casework.case.assignments import domain, facts, repository
from services.casework.case.cases.domain import CaseIsClosed, CaseState
from services.casework.case.cases.tables import Case
from services.casework.desks.desks.commands import check_officer
from services.chassis.database import UnitOfWork


@dataclass(frozen=True, slots=True)
class HandedOver:
    """How many cases went from one worker to another, and how many are left with the former: none."""

    cases: int
    left: int


async def assign_case(case_id: UUID, worker: str, expected_version: int | None, uow: UnitOfWork) -> Case:
    """Give a case to a worker of the caller's own agency, or take it.

    Raises ``NotFound``, ``StaleVersion``, ``CaseIsClosed``, ``WorkerHasIt``, ``OfficerIsUnknown``.
    """
    case = await uow.locked(Case, case_id, expected_version)
    if case.state == CaseState.CLOSED:
        raise CaseIsClosed(())
    if case.worker == worker:
        raise domain.WorkerHasIt(())
    await check_officer(worker, uow)
    _give(case, worker, uow)
    return case


async def hand_over_all(former: str, worker: str, uow: UnitOfWork) -> HandedOver:
    """Everything open that somebody sees to goes to somebody else, in one step.

    Raises ``HandedToThemselves``, ``OfficerIsUnknown``.
    """
    domain.check_other(former, worker)
    await check_officer(worker, uow)
    districts = uow.principal.offices
    moved = await repository.open_of_worker(uow, former, districts)
    for case_id in moved:
        case = await uow.locked(Case, case_id)
        if case.worker == former and case.state != CaseState.CLOSED:
            _give(case, worker, uow)
    return HandedOver(len(moved), len(await repository.open_of_worker(uow, former, districts)))


def _give(case: Case, worker: str, uow: UnitOfWork) -> None:
    former = case.worker
    uow.change(case, "assign", worker=worker)
    uow.publish(facts.case_assigned(worker, former), about=case)
