"""A service ends with an outcome, and a case is closed or turns out to be a double."""

from uuid import UUID

from services.casework.case.cases import domain, facts, repository
from services.casework.case.cases.commands.opening import CASES, signal_procedure
from services.casework.case.cases.domain import CaseState
from services.casework.case.cases.tables import Case
from services.casework.desks.tasks.commands import cancel_of_matter
from services.casework.handoff.handoffs.commands import expire_of_matter
from services.casework.office.case_types.domain import DUPLICATE, Outcome
from services.casework.person.custody.commands import end_custody
from services.chassis import clock
from services.chassis.database import UnitOfWork


async def record_outcome(case_id: UUID, outcome: Outcome, uow: UnitOfWork) -> None:
    """The service ended; aftercare may follow. Recording it again changes nothing, nor what came after an end."""
    case = await uow.locked(Case, case_id)
    if case.outcome == outcome.code:
        return
    if domain.ends_everything(case.outcome):
        return
    await _record_outcome(case, domain.next_state(case.state, "record_outcome"), outcome, uow)


async def end_service(case: Case, outcome: Outcome, uow: UnitOfWork) -> None:
    """An occurrence ends the service wherever the case stands, also in aftercare."""
    if not domain.ends_everything(case.outcome):
        await _record_outcome(case, CaseState.AFTERCARE, outcome, uow)


async def _record_outcome(case: Case, state: CaseState, outcome: Outcome, uow: UnitOfWork) -> None:
    now = await uow.now()
    uow.change(case, "record_outcome", state=state.value, outcome=outcome.code, outcome_at=now)
    uow.publish(facts.case_outcome_recorded(case), about=case)
    if outcome.custody_ends_as:
        await end_custody(case.person_id, outcome.custody_ends_as, now, uow)
    if outcome.ends_everything:
        await expire_of_matter(case.id, outcome.code, uow)
        await cancel_of_matter(case.id, outcome.code, uow)


async def close(case: Case, reason_code: str, uow: UnitOfWork, *, verb: str = "close") -> None:
    """The last act on a case; whether it may be done is decided by whoever calls. Raises ``CaseCannotMove``."""
    state = domain.next_state(case.state, verb)
    uow.change(case, verb, reason=reason_code, state=state.value, closed_at=await uow.now())
    uow.publish(facts.case_closed(case, reason_code), about=case)
    await cancel_of_matter(case.id, reason_code, uow)


async def mark_case_duplicate(report_id: UUID, parent_report_id: UUID, uow: UnitOfWork) -> None:
    """The report was a double: its case ends here, its requests expire, the other one goes on."""
    case = await repository.by_report(uow, report_id)
    if case is None or case.state == CaseState.CLOSED:
        return
    state = domain.next_state(case.state, "mark_duplicate")
    parent_id = clock.derived_id(CASES, str(parent_report_id))
    now = await uow.now()
    uow.change(
        case,
        "mark_duplicate",
        state=state.value,
        outcome=DUPLICATE.code,
        parent_case_id=parent_id,
        closed_at=now,
    )
    uow.publish(facts.case_marked_duplicate(parent_id), about=case)
    uow.publish(facts.case_closed(case, DUPLICATE.code), about=case)
    await end_custody(case.person_id, DUPLICATE.custody_ends_as, now, uow)
    await expire_of_matter(case.id, DUPLICATE.code, uow)
    await cancel_of_matter(case.id, DUPLICATE.code, uow)
    signal_procedure(case, uow)
