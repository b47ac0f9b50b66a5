"""What a case asks of agencies and desks: hand-offs and tasks, of a procedure's steps and by hand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from services.casework.case.cases import domain
from services.casework.case.cases.domain import CaseState
from services.casework.case.cases.messages import CreateStepTask
from services.casework.case.cases.tables import Case
from services.casework.desks.tasks.commands import CreateTask, create_task
from services.casework.desks.tasks.domain import TaskKind, known_kind
from services.casework.handoff.disclosures.domain import MOVES_A_PERSON, Purpose
from services.casework.handoff.handoffs import commands as handoffs
from services.casework.handoff.handoffs.commands import RequestHandoff, is_no_place_for, known_step, request_handoff
from services.casework.handoff.handoffs.domain import AdultsOnly, check_happened_at
from services.casework.handoff.handoffs.queries import is_asked_for
from services.casework.handoff.handoffs.tables import Handoff
from services.casework.office.case_types.domain import CHILD_STEP
from services.casework.office.directory.domain import CaseworkPack, day_after
from services.casework.office.directory.queries import pack_in_force
from services.casework.office.matters import domain as matters
from services.casework.office.procedure_messages.messages import RequestStep, StepResult, procedure_id
from services.casework.person.custody.queries import custodian_of
from services.casework.person.family import repository as family
from services.chassis import clock
from services.chassis.database import UnitOfWork

CONFERENCE_WITHIN = timedelta(days=1)


async def ask_handoff(step: RequestStep, uow: UnitOfWork) -> StepResult:
    """A procedure's step asks for a hand-off: candidates from the pack unless the step names them.

    Nobody is asked for what is so already, and no place for adults is asked to take a child, or a mother with hers.
    """
    case = await uow.locked(Case, step.about_id)
    if case.state == CaseState.CLOSED:
        raise domain.CaseIsClosed(())
    if domain.ends_everything(case.outcome):
        return StepResult(step=step.step, ended=True, outcome="CANCELLED")
    pack = await pack_in_force(uow, case.district)
    custodian = await custodian_of(case.id, uow)
    if domain.is_done_already(step.purpose, custodian, pack.kind_of(custodian or ""), case.holder):
        known = await known_step(case.id, step.step, step.occurrence, uow)
        done = StepResult(
            step=step.step, ended=True, outcome="COMPLETED", result_code="IN_CARE", agency=custodian or ""
        )
        return known or done
    candidates = pack.candidates_for(step.purpose, case.village_code)
    fitting = [code for code in candidates if not await is_no_place_for(case.person_id, code, pack, uow)]
    at_once = pack.asks_side_by_side(step.purpose, case.village_code, case.urgency)
    return await request_handoff(
        RequestHandoff(
            about=matters.case(case.id),
            correlation_id=case.correlation_id,
            district=case.district,
            person_id=case.person_id,
            village_code=case.village_code,
            urgency=case.urgency,
            step=step.step,
            occurrence=step.occurrence,
            purpose=Purpose(step.purpose),
            from_agency=step.from_agency or case.holder,
            candidates=fitting,
            reply_to=procedure_id(matters.case(case.id)),
            reply_workflow=case.workflow,
            mode="parallel" if at_once else "sequential",
            resumed_at=case.resumed_at,
        ),
        uow,
    )


async def protect_child(case: Case, uow: UnitOfWork) -> None:
    """Ask those who protect children, where no procedure does: a type that people lead has children, too."""
    if case.apparent_minor and not case.workflow:
        await ask_handoff(RequestStep(about_id=case.id, step=CHILD_STEP.name, purpose=CHILD_STEP.purpose), uow)


@dataclass(frozen=True, slots=True)
class OpenHandoff:
    """Staff of the office ask for a piece of work: for the office itself, or for an agency that has no software.

    ``asked_at``: when it was asked, if that was before its record, as by telephone.
    """

    case_id: UUID
    purpose: Purpose
    from_agency: str | None
    candidates: Sequence[str]
    mode: str
    is_draft: bool
    asked_at: datetime | None = None


async def open_handoff(command: OpenHandoff, uow: UnitOfWork) -> Handoff:
    """Ask by hand, beside what the procedure asks for; answers the first candidate's hand-off.

    What moves a mother or her child is asked for both, in one commit, unless the other's was asked for already or is no
    longer served: no form parts them (`handoff.md` §6). The answer is the hand-off of the case that was named.

    Raises ``NotFound``, ``CaseIsClosed``, ``AgencyIsUnknown``, ``NobodyToAsk``, ``AdultsOnly``, ``HappensLater``,
    ``HappensTooEarly``.
    """
    case = await uow.locked(Case, command.case_id)
    if case.state == CaseState.CLOSED:
        raise domain.CaseIsClosed(())
    check_happened_at(command.asked_at, case.opened_at, await uow.now())
    pack = await pack_in_force(uow, case.district)
    asked = await _ask_by_hand(case, command, pack, uow)
    is_moved = command.purpose in MOVES_A_PERSON
    for other_id in await family.tied_to(uow, case.id) if case.is_tied and is_moved else []:
        other = await uow.locked(Case, other_id)
        is_over = other.state == CaseState.CLOSED or domain.ends_everything(other.outcome)
        if not is_over and not await is_asked_for(other.id, command.purpose, uow):
            await _ask_by_hand(other, command, pack, uow)
    return asked


async def _ask_by_hand(case: Case, command: OpenHandoff, pack: CaseworkPack, uow: UnitOfWork) -> Handoff:
    named = [pack.agency(code).code for code in command.candidates]
    candidates = named or pack.candidates_for(command.purpose.value, case.village_code)
    fitting = [code for code in candidates if not await is_no_place_for(case.person_id, code, pack, uow)]
    if len(fitting) < len(candidates) and (named or not fitting):
        raise AdultsOnly(domain.legal_moves(case.state))
    sender = pack.agency(command.from_agency or case.holder).code
    for_others = sender != uow.principal.agency
    return await handoffs.open_handoff(
        RequestHandoff(
            about=matters.case(case.id),
            correlation_id=case.correlation_id,
            district=case.district,
            person_id=case.person_id,
            village_code=case.village_code,
            urgency=case.urgency,
            step=f"by-hand:{clock.new_id()}",
            occurrence=1,
            purpose=command.purpose,
            from_agency=sender,
            candidates=fitting,
            reply_to=procedure_id(matters.case(case.id)),
            reply_workflow=case.workflow,
            mode=command.mode,
            is_draft=command.is_draft,
            asked_at=command.asked_at,
            opened_for_by=uow.principal.actor if for_others else None,
        ),
        uow,
    )


async def ask_task(step: CreateStepTask, uow: UnitOfWork) -> StepResult:
    """A procedure's step gives a desk something to do; visits are due at the pack's times after the outcome."""
    case = await uow.locked(Case, step.case_id)
    if case.state == CaseState.CLOSED:
        raise domain.CaseIsClosed(())
    if domain.ends_everything(case.outcome):
        return StepResult(step=step.step, ended=True, outcome="CANCELLED")
    pack = await pack_in_force(uow, case.district)
    rules, kind = pack.rules_of(case.case_type), known_kind(step.kind)
    named = pack.candidates_for(step.purpose, case.village_code) if step.purpose else ()
    due_at = await uow.now() + (rules.due_within(kind) if rules else CONFERENCE_WITHIN)
    if rules is not None and step.visit_no:
        spans = rules.medicine_controls_after if kind == TaskKind.MEDICINE_CONTROL else rules.visits_after
        since, office = case.outcome_at or await uow.now(), pack.calendar_of(case.holder, "")
        due_at = day_after(since, spans[step.visit_no - 1], office, pack.zone_of(case.holder))
    return await create_task(
        CreateTask(
            about=matters.case(case.id),
            correlation_id=case.correlation_id,
            district=case.district,
            step=step.step,
            occurrence=step.occurrence,
            kind=kind,
            agency=step.agency or next(iter(named), case.holder),
            due_at=due_at,
            reply_to=procedure_id(matters.case(case.id)),
            reply_workflow=case.workflow,
        ),
        uow,
    )


async def give_task(case: Case, kind: TaskKind, step: str, uow: UnitOfWork) -> StepResult:
    """Something for the case holder to do, beside the procedure's own steps; due when the pack says for its kind."""
    rules = (await pack_in_force(uow, case.district)).rules_of(case.case_type)
    return await create_task(
        CreateTask(
            about=matters.case(case.id),
            correlation_id=case.correlation_id,
            district=case.district,
            step=step,
            occurrence=1,
            kind=kind,
            agency=case.holder,
            due_at=await uow.now() + (rules.due_within(kind) if rules else CONFERENCE_WITHIN),
            reply_to=procedure_id(matters.case(case.id)),
            reply_workflow=case.workflow,
        ),
        uow,
    )
