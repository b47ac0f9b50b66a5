"""The only code that changes cases."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from services.casework.case.cases import domain, facts, repository
from services.casework.case.cases.domain import AidState, CaseState, Outcome
from services.casework.case.cases.messages import CreateStepTask
from services.casework.case.cases.tables import Case
from services.casework.desks.desks.commands import find_empty_desk
from services.casework.desks.tasks.commands import CreateTask, cancel_of_case, create_task, settle_stays, stay_step
from services.casework.desks.tasks.domain import TaskKind
from services.casework.handoff.deadlines.tables import EscalationStep
from services.casework.handoff.disclosures.domain import MOVES_A_PERSON, Purpose
from services.casework.handoff.handoffs import commands as handoffs
from services.casework.handoff.handoffs.commands import (
    DeskOf,
    Reach,
    RequestHandoff,
    expire_of_case,
    is_no_place_for,
    known_step,
    request_handoff,
)
from services.casework.handoff.handoffs.domain import AdultsOnly
from services.casework.handoff.handoffs.queries import is_asked_for
from services.casework.handoff.handoffs.tables import Handoff
from services.casework.office.directory.domain import CaseworkPack
from services.casework.office.directory.queries import pack_in_force
from services.casework.office.matters.commands import keep_matter
from services.casework.office.matters.domain import MatterKind
from services.casework.office.matters.tables import Matter
from services.casework.office.procedure_messages.commands import look_again
from services.casework.office.procedure_messages.messages import (
    ProcedureStart,
    RequestStep,
    StepEnded,
    StepResult,
    procedure_id,
)
from services.casework.person.custody.commands import (
    TransferCustody,
    check_proofs,
    compare_families,
    end_custody,
    transfer_custody,
)
from services.casework.person.custody.queries import holder_of_case
from services.casework.person.family import repository as family
from services.casework.person.family.tables import FamilyTie
from services.chassis import clock
from services.chassis.database import UnitOfWork
from services.chassis.errors import NotFound

CASES = UUID("7c9f0a3e-0f0f-5c57-8f0e-7d6f5a0f9b11")
AID = UUID("b4b1a1fe-5b4e-58f5-a2a5-6f0d3a0c7e21")
CONFERENCE_WITHIN = timedelta(days=1)
CALLED_WITHIN = timedelta(hours=2)
"""How soon a desk is telephoned that an escalation step's message did not reach."""
RULES_VERSION = 1


@dataclass(frozen=True, slots=True)
class OpenCase:
    """A verified report asks for a case."""

    report_id: UUID
    case_type: str
    person_id: UUID
    village_code: str
    district: str
    urgency: str
    reporter_agency: str
    apparent_minor: bool
    found_at: datetime
    is_in_custody: bool


async def open_case(command: OpenCase, uow: UnitOfWork) -> Case:
    """One case per report, with a number of the year, and its procedure started."""
    known = await repository.by_report(uow, command.report_id)
    if known is not None:
        return known
    pack = await pack_in_force(uow, command.district)
    rules = pack.rules_of(command.case_type)
    now = await uow.now()
    prefix = rules.number_prefix if rules else command.case_type.split("_", 1)[0]
    serial = await repository.next_serial(uow, command.district, prefix, now.year)
    case = Case(
        id=clock.derived_id(CASES, str(command.report_id)),
        correlation_id=command.report_id,
        district=command.district,
        number=domain.case_number(prefix, command.district, now.year, serial),
        case_type=command.case_type,
        state=CaseState.OPEN.value,
        stage="RECEIVED",
        person_id=command.person_id,
        village_code=command.village_code,
        source_report_id=command.report_id,
        reporter_agency=command.reporter_agency,
        urgency=command.urgency,
        apparent_minor=command.apparent_minor,
        found_in_custody=command.is_in_custody,
        holder=pack.office,
        unit=pack.office_unit,
        workflow=rules.workflow if rules else "",
        rules_version=RULES_VERSION,
        pack_version=pack.version,
        opened_at=now,
    )
    uow.create(case, "open")
    keep_matter(matter_of(case), uow)
    uow.publish(facts.case_opened(case), about=case)
    if command.is_in_custody:
        await transfer_custody(
            TransferCustody(
                person_id=case.person_id,
                case_id=case.id,
                correlation_id=case.correlation_id,
                district=case.district,
                to_agency=command.reporter_agency,
                happened_at=command.found_at,
                place_code=command.village_code,
                observed_state="UNKNOWN",
                ba_number=None,
            ),
            uow,
        )
    signal_procedure(case, uow)
    return case


def matter_of(case: Case) -> Matter:
    """What the wings below may know of a case."""
    return Matter(
        id=case.id,
        kind=MatterKind.CASE.value,
        district=case.district,
        correlation_id=case.correlation_id,
        number=case.number,
        person_id=case.person_id,
        village_code=case.village_code,
        workflow=case.workflow,
        rules_version=case.rules_version,
        apparent_minor=case.apparent_minor,
    )


def signal_procedure(case: Case, uow: UnitOfWork) -> None:
    """Start the case's procedure, or let it look again; cases of a type without one are led by people alone."""
    start = ProcedureStart(case_id=case.id, district=case.district, rules_version=case.rules_version)
    look_again(case.workflow, procedure_id(case.id), start, case, uow)


async def enter_stage(case_id: UUID, stage: str, uow: UnitOfWork) -> None:
    """Go on to a stage; being there or past it already, as after a restart from the rows, is no change.

    Raises ``CaseIsClosed``, ``StageIsUnknown``.
    """
    case = await uow.locked(Case, case_id)
    if not domain.is_ahead(case.workflow, case.stage, stage):
        return
    state = domain.next_state(case.state, "enter_stage")
    uow.change(case, "enter_stage", state=state.value, stage=stage)
    uow.publish(facts.case_stage_entered(case), about=case)


async def ask_handoff(step: RequestStep, uow: UnitOfWork) -> StepResult:
    """A procedure's step asks for a hand-off: candidates from the pack unless the step names them.

    Nobody is asked for what is so already, and no place for adults is asked to take a child, or a mother with hers.
    """
    case = await uow.locked(Case, step.case_id)
    if case.state == CaseState.CLOSED:
        raise domain.CaseIsClosed(())
    if case.outcome in domain.ENDS_EVERYTHING:
        return StepResult(step=step.step, ended=True, outcome="CANCELLED")
    pack = await pack_in_force(uow, case.district)
    custodian = await holder_of_case(case.id, uow)
    if domain.is_done_already(step.purpose, custodian, pack.kind_of(custodian or ""), case.holder):
        known = await known_step(case.id, step.step, step.occurrence, uow)
        done = StepResult(
            step=step.step, ended=True, outcome="COMPLETED", result_code="IN_CARE", agency=custodian or ""
        )
        return known or done
    candidates = step.candidates or pack.candidates_for(step.purpose, case.village_code)
    fitting = [code for code in candidates if not await is_no_place_for(case.person_id, code, pack, uow)]
    return await request_handoff(
        RequestHandoff(
            case_id=case.id,
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
            reply_to=procedure_id(case.id),
            reply_workflow=case.workflow,
        ),
        uow,
    )


@dataclass(frozen=True, slots=True)
class OpenHandoff:
    """Staff of the office ask for a piece of work: for the office itself, or for an agency that has no software."""

    case_id: UUID
    purpose: Purpose
    from_agency: str | None
    candidates: Sequence[str]
    mode: str
    is_draft: bool


async def open_handoff(command: OpenHandoff, uow: UnitOfWork) -> Handoff:
    """Ask by hand, beside what the procedure asks for; answers the first candidate's hand-off.

    What moves a mother or her child is asked for both, in one commit, unless the other's was asked for already or is no
    longer served: no form parts them (`handoff.md` §6). The answer is the hand-off of the case that was named.

    Raises ``NotFound``, ``CaseIsClosed``, ``AgencyIsUnknown``, ``NobodyToAsk``, ``AdultsOnly``.
    """
    case = await uow.locked(Case, command.case_id)
    if case.state == CaseState.CLOSED:
        raise domain.CaseIsClosed(())
    pack = await pack_in_force(uow, case.district)
    asked = await _ask_by_hand(case, command, pack, uow)
    is_moved = command.purpose in MOVES_A_PERSON
    for other_id in await family.tied_to(uow, case.id) if case.is_tied and is_moved else []:
        other = await uow.locked(Case, other_id)
        is_over = other.state == CaseState.CLOSED or other.outcome in domain.ENDS_EVERYTHING
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
            case_id=case.id,
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
            reply_to=procedure_id(case.id),
            reply_workflow=case.workflow,
            mode=command.mode,
            is_draft=command.is_draft,
            opened_for_by=uow.principal.actor if for_others else None,
        ),
        uow,
    )


async def tie_mother_and_child(case_id: UUID, child_case_id: UUID, uow: UnitOfWork) -> Case:
    """A mother, who may be young herself, and her child belong together; told again it changes nothing.

    Raises ``NotFound``, also for two districts, ``CaseIsClosed``, ``NotTheCaseOfAChild``.
    """
    cases = await _both(case_id, child_case_id, uow)
    mother, child = cases[case_id], cases[child_case_id]
    if mother is child or not child.apparent_minor:
        raise domain.NotTheCaseOfAChild(())
    if mother.district != child.district:
        raise NotFound(kind="cases")
    if CaseState.CLOSED in (mother.state, child.state):
        raise domain.CaseIsClosed(())
    known = await family.tie_between(uow, [mother.person_id, child.person_id])
    if known is None:
        tie = FamilyTie(
            id=clock.new_id(),
            correlation_id=mother.correlation_id,
            district=mother.district,
            case_id=mother.id,
            person_id=mother.person_id,
            child_case_id=child.id,
            child_id=child.person_id,
        )
        uow.create(tie, "tie")
    elif known.is_ended:
        uow.change(known, "tie", is_ended=False)
    else:
        return mother
    for case, with_whom in ((mother, child), (child, mother)):
        uow.change(case, "tie", is_tied=True)
        uow.publish(facts.case_tied(with_whom, is_the_child=case is child), about=case)
    await compare_families(child.person_id, uow)
    return mother


async def untie(case_id: UUID, other_case_id: UUID, uow: UnitOfWork) -> Case:
    """The tie was a mistake, or holds no longer; without one it changes nothing. Raises ``NotFound``."""
    cases = await _both(case_id, other_case_id, uow)
    tie = await family.tie_between(uow, [case.person_id for case in cases.values()])
    if tie is None or tie.is_ended:
        return cases[case_id]
    uow.change(tie, "untie", is_ended=True)
    one, other = cases.values()
    for case, from_whom in ((one, other), (other, one)):
        uow.change(case, "untie", is_tied=bool(await family.tied_to(uow, case.id)))
        uow.publish(facts.case_untied(from_whom), about=case)
    await compare_families(tie.child_id, uow)
    return cases[case_id]


async def _both(case_id: UUID, other_case_id: UUID, uow: UnitOfWork) -> dict[UUID, Case]:
    return {which: await uow.locked(Case, which) for which in sorted({case_id, other_case_id})}


async def convene(handoff: Handoff, uow: UnitOfWork) -> None:
    """The escalation policy came to the case conference: a task of the case holder, one per hand-off."""
    case = await uow.locked(Case, handoff.case_id)
    if case.state == CaseState.CLOSED:
        return
    await give_task(case, TaskKind.CASE_CONFERENCE, f"conference:{handoff.id}", uow)


async def have_desk_called(handoff: Handoff, escalation: EscalationStep, desk: DeskOf, uow: UnitOfWork) -> None:
    """An escalation step's message did not arrive: the case holder telephones the desk; one task for each escalation
    step.
    """
    case = await uow.locked(Case, handoff.case_id)
    if case.state == CaseState.CLOSED:
        return
    escalation_id = clock.derived_id(
        CASES, f"{handoff.id}:{escalation.deadline}:{escalation.occurrence}:{escalation.step_no}"
    )
    await create_task(
        CreateTask(
            case_id=case.id,
            correlation_id=case.correlation_id,
            district=case.district,
            step=f"call:{escalation_id}",
            occurrence=1,
            kind=TaskKind.PHONE_CALL,
            agency=case.holder,
            due_at=await uow.now() + CALLED_WITHIN,
            reply_to="",
            reply_workflow="",
            about_agency=desk.agency,
            about_desk=desk.desk,
        ),
        uow,
    )


REACH = Reach(convene, have_desk_called, find_empty_desk)
"""What a passed deadline sets going here."""


async def ask_task(step: CreateStepTask, uow: UnitOfWork) -> StepResult:
    """A procedure's step gives a desk something to do; visits are due at the pack's times after the outcome."""
    case = await uow.locked(Case, step.case_id)
    if case.state == CaseState.CLOSED:
        raise domain.CaseIsClosed(())
    if case.outcome in domain.ENDS_EVERYTHING:
        return StepResult(step=step.step, ended=True, outcome="CANCELLED")
    pack = await pack_in_force(uow, case.district)
    rules, kind = pack.rules_of(case.case_type), TaskKind(step.kind)
    named = pack.candidates_for(step.purpose, case.village_code) if step.purpose else ()
    due_at = await uow.now() + (rules.due_within(kind) if rules else CONFERENCE_WITHIN)
    if rules is not None and step.visit_no:
        calendar = rules.medicine_controls_after if kind == TaskKind.MEDICINE_CONTROL else rules.visits_after
        due_at = (case.outcome_at or await uow.now()) + calendar[step.visit_no - 1] + rules.visit_due_within
    return await create_task(
        CreateTask(
            case_id=case.id,
            correlation_id=case.correlation_id,
            district=case.district,
            step=step.step,
            occurrence=step.occurrence,
            kind=kind,
            agency=step.agency or next(iter(named), case.holder),
            due_at=due_at,
            reply_to=procedure_id(case.id),
            reply_workflow=case.workflow,
        ),
        uow,
    )


async def check_custody_deadlines(case_id: UUID, uow: UnitOfWork) -> None:
    """What is due about a person in somebody's hands: signed papers that stayed away, a stay over its limit.

    Of papers each taker hears by a finding. A stay is one task, for the office to decide.
    """
    case = await uow.locked(Case, case_id)
    await settle_stays(case.id, uow)
    if case.state == CaseState.CLOSED:
        return
    pack = await pack_in_force(uow, case.district)
    await check_proofs(case.id, pack.proof_within, uow)
    stay = await repository.stay_of(uow, case.id)
    limit = pack.stay_limit(stay.agency) if stay else None
    if stay and limit is not None and stay.since + limit <= await uow.now():
        await give_task(case, TaskKind.STAY_OVER_LIMIT, stay_step(stay.id), uow)


async def record_outcome(case_id: UUID, outcome: Outcome, uow: UnitOfWork) -> None:
    """The service ended; aftercare may follow. Recording it again changes nothing, nor what came after an end."""
    case = await uow.locked(Case, case_id)
    if case.outcome == outcome:
        return
    if case.outcome in domain.ENDS_EVERYTHING:
        return
    await _record_outcome(case, domain.next_state(case.state, "record_outcome"), outcome, uow)


async def end_service(case: Case, outcome: Outcome, uow: UnitOfWork) -> None:
    """An occurrence ends the service wherever the case stands, also in aftercare."""
    if case.outcome not in domain.ENDS_EVERYTHING:
        await _record_outcome(case, CaseState.AFTERCARE, outcome, uow)


async def _record_outcome(case: Case, state: CaseState, outcome: Outcome, uow: UnitOfWork) -> None:
    now = await uow.now()
    uow.change(case, "record_outcome", state=state.value, outcome=outcome.value, outcome_at=now)
    uow.publish(facts.case_outcome_recorded(case), about=case)
    if outcome in domain.CUSTODY_ENDS_WITH:
        await end_custody(case.person_id, domain.CUSTODY_ENDS_WITH[outcome], now, uow)
    if outcome in domain.ENDS_EVERYTHING:
        await expire_of_case(case.id, outcome.value, uow)
        await cancel_of_case(case.id, outcome.value, uow)


async def give_task(case: Case, kind: TaskKind, step: str, uow: UnitOfWork) -> StepResult:
    """Something for the case holder to do, beside the procedure's own steps; due when the pack says for its kind."""
    rules = (await pack_in_force(uow, case.district)).rules_of(case.case_type)
    return await create_task(
        CreateTask(
            case_id=case.id,
            correlation_id=case.correlation_id,
            district=case.district,
            step=step,
            occurrence=1,
            kind=kind,
            agency=case.holder,
            due_at=await uow.now() + (rules.due_within(kind) if rules else CONFERENCE_WITHIN),
            reply_to=procedure_id(case.id),
            reply_workflow=case.workflow,
        ),
        uow,
    )


async def hold_aid(case: Case, reason_code: str, uow: UnitOfWork) -> None:
    """Ask disbursement to hold the case's aid back; refused it is not."""
    if case.aid_request_id is not None:
        uow.publish(facts.case_aid_held(case.aid_request_id, reason_code), about=case)


async def release_aid(case: Case, reason_code: str, uow: UnitOfWork) -> None:
    """Nothing keeps the aid back any more."""
    if case.aid_request_id is not None:
        uow.publish(facts.case_aid_released(case.aid_request_id, reason_code), about=case)


async def request_aid(case_id: UUID, uow: UnitOfWork) -> None:
    """Ask disbursement for the case type's aid, once; nothing when the pack names no programme, nor for a child."""
    case = await uow.locked(Case, case_id)
    pack = await pack_in_force(uow, case.district)
    rules = pack.rules_of(case.case_type)
    if case.aid_request_id is not None or rules is None or not rules.aid_programme or case.apparent_minor:
        return
    uow.change(
        case,
        "request_aid",
        aid_request_id=clock.derived_id(AID, str(case.id)),
        aid_state=AidState.REQUESTED.value,
    )
    uow.publish(facts.case_aid_requested(case, rules.aid_programme), about=case)


async def record_aid_state(report_id: UUID, state: AidState, uow: UnitOfWork) -> None:
    """Disbursement said what became of the aid; a settled one ends the procedure's step ``aid``."""
    case = await repository.by_report(uow, report_id)
    if case is None or case.aid_request_id is None or case.aid_state == state:
        return
    uow.change(case, "record_aid_state", aid_state=state.value)
    if state in domain.AID_SETTLED and case.workflow:
        uow.signal(
            case.workflow,
            procedure_id(case.id),
            "step_ended",
            StepEnded(step="aid", outcome="COMPLETED", result_code=state.value.upper()),
            start=ProcedureStart(case_id=case.id, district=case.district, rules_version=case.rules_version),
            about=case,
        )


async def close(case: Case, reason_code: str, uow: UnitOfWork, *, verb: str = "close") -> None:
    """The last act on a case; whether it may be done is decided by whoever calls. Raises ``CaseCannotMove``."""
    state = domain.next_state(case.state, verb)
    uow.change(case, verb, reason=reason_code, state=state.value, closed_at=await uow.now())
    uow.publish(facts.case_closed(case, reason_code), about=case)
    await cancel_of_case(case.id, reason_code, uow)


def aid_is_pending(case: Case) -> bool:
    """Whether aid was asked for and is neither paid nor decided against."""
    return case.aid_state is not None and AidState(case.aid_state) not in domain.AID_SETTLED


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
        outcome=Outcome.DUPLICATE.value,
        parent_case_id=parent_id,
        closed_at=now,
    )
    uow.publish(facts.case_marked_duplicate(parent_id), about=case)
    uow.publish(facts.case_closed(case, Outcome.DUPLICATE.value), about=case)
    await end_custody(case.person_id, Outcome.DUPLICATE.value, now, uow)
    await expire_of_case(case.id, Outcome.DUPLICATE.value, uow)
    await cancel_of_case(case.id, Outcome.DUPLICATE.value, uow)
    signal_procedure(case, uow)


async def record_age(person_id: UUID, *, is_minor: bool, is_proven: bool, uow: UnitOfWork) -> None:
    """Somebody looks like a minor, or was proven not to be one: a child until proven otherwise (`handoff.md` §6)."""
    for case in await repository.open_of_person(uow, person_id):
        if case.apparent_minor != is_minor and (is_minor or is_proven):
            uow.change(case, "record_age", apparent_minor=is_minor)
            keep_matter(matter_of(case), uow)
            signal_procedure(case, uow)


async def rearm_procedures(uow: UnitOfWork) -> int:
    """Signal the procedure of every open case; those that run ignore it. Returns how many."""
    cases = await repository.not_closed(uow)
    for case in cases:
        signal_procedure(case, uow)
    return len(cases)
