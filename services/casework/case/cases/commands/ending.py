"""A service ends with an outcome, and a case is closed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from services.casework.case.cases import domain, facts, repository
from services.casework.case.cases.commands.opening import matter_of
from services.casework.case.cases.domain import CaseState
from services.casework.case.cases.tables import Case
from services.casework.desks.tasks.commands import cancel_of_matter
from services.casework.handoff.handoffs.commands import expire_of_matter
from services.casework.office.case_types.domain import Outcome
from services.casework.office.directory.queries import pack_in_force
from services.casework.office.findings.commands import keep_findings
from services.casework.office.findings.domain import FindingKind, Found
from services.casework.office.matters import domain as matters
from services.casework.office.matters.commands import keep_matter
from services.casework.person.custody.commands import end_custody
from services.chassis.database import UnitOfWork


async def record_outcome(case_id: UUID, outcome: Outcome, uow: UnitOfWork) -> None:
    """The service ended; aftercare may follow. Recording it again changes nothing, nor what came after an end."""
    case = await uow.locked(Case, case_id)
    if case.outcome == outcome.code or domain.ends_everything(case.outcome):
        return
    now = await uow.now()
    _record_outcome(case, domain.next_state(case.state, "record_outcome"), outcome, now, uow)
    if outcome.custody_ends_as:
        await end_custody(case.person_id, outcome.custody_ends_as, now, uow)
    if outcome.ends_everything:
        await expire_of_matter(case.id, outcome.code, uow)
        await cancel_of_matter(case.id, outcome.code, uow)


async def end_service(case: Case, outcome: Outcome, happened_at: datetime, uow: UnitOfWork) -> None:
    """An occurrence ends the service wherever the case stands, also in aftercare; what becomes of open items is said by
    whoever records the occurrence.
    """
    _record_outcome(case, CaseState.AFTERCARE, outcome, happened_at, uow)


def _record_outcome(case: Case, state: CaseState, outcome: Outcome, happened_at: datetime, uow: UnitOfWork) -> None:
    changes: dict[str, Any] = {
        "state": state.value,
        "outcome": outcome.code,
        "outcome_at": happened_at,
        "closed_at": None,
    }
    uow.change(case, "record_outcome", happened_at=happened_at, **changes)
    keep_matter(matter_of(case), uow)
    uow.publish(facts.case_outcome_recorded(case), about=case, happened_at=happened_at)


def _state_after(outcome: str | None) -> CaseState:
    return CaseState.AFTERCARE if outcome else CaseState.OPEN


async def resume_service(case: Case, uow: UnitOfWork) -> None:
    """Whoever had left is found, or what ended the service did not happen: that outcome goes, and the one before it, if
    there was one, stands again.
    """
    outcome, outcome_at = await repository.outcome_before(uow, case.id)
    is_given = outcome is None and case.state != CaseState.OPEN
    state = domain.next_state(case.state, "resume_service", case.outcome) if is_given else _state_after(outcome)
    changes: dict[str, Any] = {
        "state": state.value,
        "outcome": outcome,
        "outcome_at": outcome_at,
        "resumed_at": await uow.now(),
        "closed_at": None,
    }
    uow.change(case, "resume_service", **changes)
    keep_matter(matter_of(case), uow)


async def find_told_after_closing(case: Case, told: str, agency: str, at: datetime, uow: UnitOfWork) -> None:
    """What is heard of the person of a closed case changes nothing of it by itself: the office has to look at it.

    ``told``: a code of what was said, and by which fact.
    """
    found = Found(
        kind=FindingKind.TOLD_AFTER_CLOSING,
        cause=told,
        owner=(await pack_in_force(uow, case.district)).office,
        correlation_id=case.correlation_id,
        about=matters.case(case.id),
        person_id=case.person_id,
        details={"party": agency, "from": at.isoformat()},
    )
    await keep_findings(f"told:{case.id}:{told}", case.district, [found], uow)


async def close(case: Case, reason_code: str, uow: UnitOfWork, *, verb: str = "close") -> None:
    """The last act on a case; whether it may be done is decided by whoever calls. Raises ``CaseCannotMove``."""
    state = domain.next_state(case.state, verb)
    uow.change(case, verb, reason=reason_code, state=state.value, closed_at=await uow.now())
    keep_matter(matter_of(case), uow)
    uow.publish(facts.case_closed(case, reason_code), about=case)
    await cancel_of_matter(case.id, reason_code, uow)
