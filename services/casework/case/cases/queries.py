"""Read models of cases."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.casework.case.cases import domain, repository
from services.casework.case.cases.domain import (
    AID_SETTLED,
    AidState,
    CaseState,
    Hanging,
    Milestone,
    Whose,
    ends_everything,
    way_of,
)
from services.casework.case.cases.messages import CaseFacts
from services.casework.case.cases.tables import Case
from services.casework.desks.tasks.domain import UNFINISHED
from services.casework.desks.tasks.queries import tasks_of_matter
from services.casework.desks.tasks.tables import Task
from services.casework.handoff.handoffs.domain import expires
from services.casework.handoff.handoffs.queries import handoffs_of_matter
from services.casework.handoff.handoffs.tables import Handoff
from services.casework.office.directory.domain import CaseworkPack
from services.casework.office.directory.queries import pack_in_force
from services.casework.office.findings.queries import findings_of_matter
from services.casework.office.findings.tables import Finding
from services.casework.office.matters.queries import numbers_of
from services.casework.office.procedure_messages.messages import StepResult
from services.casework.person.custody.queries import custody_chain, unproved_since
from services.casework.person.custody.tables import Custody
from services.casework.person.family import repository as family
from services.chassis.database import ReadSession, UnitOfWork
from services.chassis.errors import Conflict, Invalid, NotFound


async def case_facts(case_id: UUID, uow: UnitOfWork) -> CaseFacts:
    """What a procedure needs to know of its case now."""
    case = await uow.locked(Case, case_id)
    pack = await pack_in_force(uow, case.district)
    rules = pack.rules_of(case.case_type)
    return CaseFacts(
        case_id=case.id,
        district=case.district,
        case_type=case.case_type,
        is_over=case.state == CaseState.CLOSED,
        stage=case.stage,
        outcome=case.outcome or "",
        reporter_agency=case.reporter_agency,
        apparent_minor=case.apparent_minor,
        has_aid=bool(rules and rules.aid_programme),
        visits=len(rules.visits_after) if rules else 0,
        has_ended=ends_everything(case.outcome),
        urgency=case.urgency,
        found_in_custody=case.found_in_custody,
        has_shelter=pack.stay_limit(case.holder) is not None,
        medicine_controls=len(rules.medicine_controls_after) if rules else 0,
        ready=await repository.ready_steps(uow, case.id),
        stay_ends_at=await _custody_is_due_at(case.id, pack, uow),
        resumed_at=case.resumed_at,
    )


async def _custody_is_due_at(case_id: UUID, pack: CaseworkPack, uow: UnitOfWork) -> datetime | None:
    stay = await repository.stay_of(uow, case_id)
    limit = pack.stay_limit(stay.agency) if stay else None
    told_at = await unproved_since(case_id, uow)
    stay_ends_at = stay.since + limit if stay and limit else None
    proof_due_at = told_at + pack.proof_within if told_at else None
    return min((at for at in (stay_ends_at, proof_due_at) if at), default=None)


async def aid_result(case_id: UUID, uow: UnitOfWork) -> StepResult:
    """What became of the aid, as a procedure's step."""
    case = await uow.locked(Case, case_id)
    ended = case.aid_state is None or AidState(case.aid_state) in AID_SETTLED
    return StepResult(
        step="aid", ended=ended, outcome="COMPLETED" if ended else "", result_code=(case.aid_state or "NONE").upper()
    )


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case with everything of it that casework itself holds.

    ``doubles``: cases that are about the same person; ``goes_on_as``: the case that goes on for this one.
    """

    case: Case
    handoffs: list[Handoff]
    tasks: list[Task]
    custodies: list[Custody]
    escalations: dict[UUID, int]
    findings: list[Finding]
    tied: Mapping[UUID, str]
    doubles: Mapping[UUID, str]
    goes_on_as: Mapping[str, Any] | None


async def case_of(case_id: UUID, reading: ReadSession) -> Case:
    """A case's row alone. Raises ``NotFound``, also when it lies outside the caller's scope."""
    case = await repository.one(reading, case_id)
    if case is None:
        raise NotFound(kind="cases")
    return case


async def show_case(case_id: UUID, reading: ReadSession) -> CaseView:
    """One case with all that is open of it. Raises ``NotFound``, also when it lies outside the caller's scope."""
    case = await case_of(case_id, reading)
    handoffs, escalations = await handoffs_of_matter(reading, case_id)
    tied = await family.tied_to(reading, case_id) if case.is_tied else []
    return CaseView(
        case=case,
        handoffs=handoffs,
        tasks=await tasks_of_matter(reading, case_id),
        custodies=await custody_chain(reading, case_id),
        escalations=escalations,
        findings=await findings_of_matter(reading, case_id),
        tied=await numbers_of(reading, tied) if tied else {},
        doubles={double.id: double.number for double in await repository.doubles_of(reading, case_id)},
        goes_on_as=await repository.last_of(reading, case_id) if case.parent_case_id else None,
    )


@dataclass(frozen=True, slots=True)
class DoubleView:
    """A case and the one of which it may be a double: what would end with it, and what forbids it."""

    case: Case
    parent: Case
    refusal: Conflict | Invalid | None
    hanging: list[Hanging]
    handoffs: list[Handoff]
    tasks: list[Task]
    custodians: list[str]


async def preview_duplicate(case_id: UUID, number: str, reading: ReadSession) -> DoubleView:
    """What marking a case as a double of the one with a number would do. Raises ``NotFound``."""
    view, parent = await show_case(case_id, reading), await case_of_number(number, reading)
    case, refusal = view.case, None
    last, hanging = await repository.last_of(reading, parent.id), await repository.hanging(reading, case.id, parent.id)
    try:
        domain.double_of(case, parent, last["number"], hanging)
    except (Conflict, Invalid) as refused:
        refusal = refused
    return DoubleView(
        case=case,
        parent=parent,
        refusal=refusal,
        hanging=hanging,
        handoffs=[handoff for handoff in view.handoffs if expires(handoff.state, handoff.held_state)],
        tasks=[task for task in view.tasks if task.state in UNFINISHED],
        custodians=[stretch.agency for stretch in view.custodies if stretch.until is None],
    )


async def case_of_number(number: str, reading: ReadSession) -> Case:
    """The case that people know under a number. Raises ``NotFound``."""
    case = await repository.by_number(reading, number)
    if case is None:
        raise NotFound(kind="cases")
    return case


async def way_of_case(case: Case, reading: ReadSession) -> list[Milestone]:
    """«You are here»: the stages a case has been in, is in, and has before it."""
    entered = await repository.stages_entered(reading, case.id)
    return way_of(case.workflow, entered, case.stage, is_over=case.state == CaseState.CLOSED)


async def list_cases(
    reading: ReadSession, state: str | None, after: UUID | None, limit: int, whose: Whose | None = None
) -> list[Case]:
    """A page of cases."""
    return await repository.page(reading, state, after, limit, whose)
