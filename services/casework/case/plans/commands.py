"""The only code that writes assessments and plans."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from services.casework.case.cases.domain import CaseIsClosed, CaseState
from services.casework.case.cases.tables import Case
from services.casework.case.plans import domain, facts, repository
from services.casework.case.plans.domain import PlannedService, PlanState, ReturnReason
from services.casework.case.plans.tables import Assessment, Plan, PlanLine
from services.casework.handoff.handoffs.domain import check_happened_at
from services.casework.office.directory.queries import pack_in_force
from services.chassis import clock
from services.chassis.database import UnitOfWork
from services.chassis.errors import NotFound
from services.chassis.persons import must_seal_for_person


@dataclass(frozen=True, slots=True)
class Assess:
    """What somebody found: how the person lives, what they need, and what they and those around them can do."""

    case_id: UUID
    assessed_at: datetime
    circumstances: str
    needs: str
    strengths: str | None


@dataclass(frozen=True, slots=True)
class AddLine:
    """A service by an agency until a day, and what it is to bring about."""

    service: PlannedService
    goal: str
    agency: str
    until: date


async def assess(command: Assess, uow: UnitOfWork, private_key: str) -> Assessment:
    """Write an assessment; the earlier ones stay.

    Raises ``NotFound``, ``CaseIsClosed``, ``HappensLater``, ``HappensTooEarly``, ``PersonHasNoKey``.
    """
    case = await _open_case(command.case_id, uow)
    now = await uow.now()
    check_happened_at(command.assessed_at, case.opened_at, now)
    known = await repository.assessments(uow, case.id)
    words = {"circumstances": command.circumstances, "needs": command.needs, "strengths": command.strengths}
    assessment = Assessment(
        id=clock.new_id(),
        correlation_id=case.correlation_id,
        district=case.district,
        case_id=case.id,
        person_id=case.person_id,
        number=len(known) + 1,
        assessed_at=command.assessed_at,
        author=uow.principal.actor,
        sealed=await must_seal_for_person(uow, case.person_id, words, private_key),
    )
    uow.create(assessment, "assess", happened_at=command.assessed_at)
    uow.publish(facts.assessed(assessment), about=case, happened_at=command.assessed_at)
    return assessment


async def begin_plan(case_id: UUID, uow: UnitOfWork) -> Plan:
    """Begin a version: with the lines of the one in force, when there is one.

    Raises ``NotFound``, ``CaseIsClosed``, ``AssessmentComesFirst``, ``PlanIsBeingWritten``.
    """
    case = await _open_case(case_id, uow)
    assessments = await repository.assessments(uow, case.id)
    if not assessments:
        raise domain.AssessmentComesFirst(("assess",))
    known = await repository.plans(uow, case.id)
    if known and known[0].state in (PlanState.DRAFT, PlanState.PROPOSED):
        moves = domain.legal_moves(known[0].state, is_open=True, is_assessed=True, has_lines=True)
        raise domain.PlanIsBeingWritten(moves, state=known[0].state)
    plan = Plan(
        id=clock.new_id(),
        correlation_id=case.correlation_id,
        district=case.district,
        case_id=case.id,
        person_id=case.person_id,
        number=len(known) + 1,
        assessment_id=assessments[0].id,
        state=PlanState.DRAFT.value,
        author=uow.principal.actor,
    )
    uow.create(plan, "begin")
    in_force = [one.id for one in known if one.state == PlanState.APPROVED]
    kept = await repository.lines(uow, in_force) if in_force else []
    uow.insert(*(PlanLine(**{**line.model_dump(), "id": clock.new_id(), "plan_id": plan.id}) for line in kept))
    return plan


async def add_line(
    plan_id: UUID, line: AddLine, expected_version: int | None, uow: UnitOfWork, private_key: str
) -> Plan:
    """Plan one more service.

    Raises ``NotFound``, ``StaleVersion``, ``CaseIsClosed``, ``PlanCannotMove``, ``AgencyIsUnknown``,
    ``LineHasPassed``, ``PersonHasNoKey``.
    """
    plan, _ = await _moved(plan_id, "change", expected_version, uow)
    pack = await pack_in_force(uow, plan.district)
    pack.agency(line.agency)
    domain.check_until(line.until, (await uow.now()).astimezone(ZoneInfo(pack.zone)).date())
    uow.insert(
        PlanLine(
            id=clock.new_id(),
            district=plan.district,
            plan_id=plan.id,
            service=line.service.value,
            agency=line.agency,
            until=line.until,
            sealed=await must_seal_for_person(uow, plan.person_id, {"goal": line.goal}, private_key),
        )
    )
    uow.change(plan, "add_line", reason=line.service.value)
    return plan


async def remove_line(line_id: UUID, expected_version: int | None, uow: UnitOfWork) -> Plan:
    """Take a service out of a draft.

    Raises ``NotFound``, ``StaleVersion``, ``CaseIsClosed``, ``PlanCannotMove``.
    """
    line = await repository.line(uow, line_id)
    if line is None:
        raise NotFound(kind="plan_lines")
    plan, _ = await _moved(line.plan_id, "change", expected_version, uow)
    if await repository.line(uow, line_id) is None:
        raise NotFound(kind="plan_lines")
    await repository.remove_line(uow, line.id)
    uow.change(plan, "remove_line", reason=line.service)
    return plan


async def propose_plan(plan_id: UUID, expected_version: int | None, uow: UnitOfWork) -> Plan:
    """Ask the section head to sign, under the newest assessment.

    Raises ``NotFound``, ``StaleVersion``, ``CaseIsClosed``, ``PlanCannotMove``, ``PlanHasNoLines``.
    """
    plan, case = await _moved(plan_id, "propose", expected_version, uow)
    newest = (await repository.assessments(uow, case.id))[0]
    lines = await repository.lines(uow, [plan.id])
    if not lines:
        raise domain.PlanHasNoLines(("change",), state=plan.state)
    uow.change(
        plan,
        "propose",
        state=PlanState.PROPOSED.value,
        assessment_id=newest.id,
        digest=_digest(newest.id, lines),
        proposed_by=uow.principal.actor,
        proposed_at=await uow.now(),
        returned_for=None,
    )
    uow.publish(facts.plan_proposed(plan), about=case)
    return plan


async def withdraw_plan(plan_id: UUID, expected_version: int | None, uow: UnitOfWork) -> Plan:
    """Take a proposal back into the draft that it was.

    Raises ``NotFound``, ``StaleVersion``, ``CaseIsClosed``, ``PlanCannotMove``.
    """
    plan, _ = await _moved(plan_id, "withdraw", expected_version, uow)
    uow.change(plan, "withdraw", state=PlanState.DRAFT.value, digest=None, proposed_by=None, proposed_at=None)
    return plan


async def return_plan(plan_id: UUID, reason: ReturnReason, expected_version: int | None, uow: UnitOfWork) -> Plan:
    """Another person sends it back to be written further.

    Raises ``NotFound``, ``StaleVersion``, ``CaseIsClosed``, ``PlanCannotMove``, ``SecondPersonSignsThePlan``.
    """
    plan, case = await _moved(plan_id, "return", expected_version, uow)
    _check_second(plan, uow)
    uow.change(
        plan,
        "return",
        reason=reason.value,
        state=PlanState.DRAFT.value,
        digest=None,
        proposed_by=None,
        proposed_at=None,
        returned_for=reason.value,
    )
    uow.publish(facts.plan_returned(plan, reason.value), about=case)
    return plan


async def approve_plan(plan_id: UUID, digest: str, uow: UnitOfWork) -> Plan:
    """Another person signs exactly what they saw; it is in force, and the version before it is superseded.

    Raises ``NotFound``, ``CaseIsClosed``, ``PlanCannotMove``, ``SecondPersonSignsThePlan``, ``PlanHasChanged`` when
    ``digest`` is not that of the rows as they stand.
    """
    plan, case = await _moved(plan_id, "approve", None, uow)
    _check_second(plan, uow)
    lines = await repository.lines(uow, [plan.id])
    if not digest == plan.digest == _digest(plan.assessment_id, lines):
        raise domain.PlanHasChanged(("withdraw", "return"), state=plan.state)
    for before in await repository.plans(uow, case.id):
        if before.state == PlanState.APPROVED:
            uow.change(await uow.locked(Plan, before.id), "supersede", state=PlanState.SUPERSEDED.value)
    uow.change(
        plan,
        "approve",
        state=PlanState.APPROVED.value,
        decided_by=uow.principal.actor,
        decided_at=await uow.now(),
    )
    uow.publish(facts.plan_approved(plan), about=case)
    return plan


async def _open_case(case_id: UUID, uow: UnitOfWork) -> Case:
    case = await uow.locked(Case, case_id)
    if case.state == CaseState.CLOSED:
        raise CaseIsClosed(())
    return case


async def _moved(plan_id: UUID, move: str, expected_version: int | None, uow: UnitOfWork) -> tuple[Plan, Case]:
    plan = await uow.locked(Plan, plan_id, expected_version)
    case = await _open_case(plan.case_id, uow)
    domain.next_state(plan.state, move)
    return plan, case


def _check_second(plan: Plan, uow: UnitOfWork) -> None:
    if plan.proposed_by == uow.principal.actor:
        raise domain.SecondPersonSignsThePlan


def _digest(assessment_id: UUID, lines: list[PlanLine]) -> str:
    return domain.digest_of(
        assessment_id, [(line.id, line.service, line.agency, line.until, line.sealed) for line in lines]
    )
