"""What a passed deadline sets going: conferences, telephone calls, tasks about custody."""

from datetime import timedelta
from uuid import UUID

from services.casework.case.cases import repository
from services.casework.case.cases.commands.asking import give_task
from services.casework.case.cases.commands.opening import CASES
from services.casework.case.cases.domain import CaseState
from services.casework.case.cases.tables import Case
from services.casework.desks.desks.commands import find_empty_desk
from services.casework.desks.tasks.commands import CreateTask, create_task, settle_by_custody, stay_step
from services.casework.desks.tasks.domain import TaskKind
from services.casework.handoff.deadlines.tables import EscalationStep
from services.casework.handoff.handoffs.commands import DeskOf, Reach
from services.casework.handoff.handoffs.tables import Handoff
from services.casework.office.directory.queries import pack_in_force
from services.casework.office.matters import domain as matters
from services.casework.person.custody.commands import check_proofs
from services.chassis import clock
from services.chassis.database import UnitOfWork

CALLED_WITHIN = timedelta(hours=2)
"""How soon a desk is telephoned that an escalation step's message did not reach."""


async def convene(handoff: Handoff, uow: UnitOfWork) -> None:
    """The escalation policy came to the case conference: a task of the case holder, one per hand-off."""
    case = await uow.locked(Case, handoff.about_id)
    if case.state == CaseState.CLOSED:
        return
    await give_task(case, TaskKind.CASE_CONFERENCE, f"conference:{handoff.id}", uow)


async def have_desk_called(handoff: Handoff, escalation: EscalationStep, desk: DeskOf, uow: UnitOfWork) -> None:
    """An escalation step's message did not arrive: the case holder telephones the desk; one task for each escalation
    step.
    """
    case = await uow.locked(Case, handoff.about_id)
    if case.state == CaseState.CLOSED:
        return
    escalation_id = clock.derived_id(
        CASES, f"{handoff.id}:{escalation.deadline}:{escalation.occurrence}:{escalation.step_no}"
    )
    await create_task(
        CreateTask(
            about=matters.case(case.id),
            correlation_id=case.correlation_id,
            district=case.district,
            step=f"call:{escalation_id}",
            occurrence=1,
            kind=TaskKind.PHONE_CALL,
            agency=case.holder,
            due_at=await uow.now() + CALLED_WITHIN,
            reply_to="",
            reply_workflow="",
            call_agency=desk.agency,
            call_desk=desk.desk,
        ),
        uow,
    )


REACH = Reach(convene, have_desk_called, find_empty_desk)
"""What a passed deadline sets going here."""


async def check_custody_deadlines(case_id: UUID, uow: UnitOfWork) -> None:
    """What is due about a person in somebody's hands: signed papers that stayed away, a stay over its limit.

    Of papers each taker hears by a finding. A stay is one task, for the office to decide.
    """
    case = await uow.locked(Case, case_id)
    await settle_by_custody(case.id, uow)
    if case.state == CaseState.CLOSED:
        return
    pack = await pack_in_force(uow, case.district)
    await check_proofs(case.id, pack.proof_within, uow)
    stay = await repository.stay_of(uow, case.id)
    limit = pack.stay_limit(stay.agency) if stay else None
    if stay and limit is not None and stay.since + limit <= await uow.now():
        await give_task(case, TaskKind.STAY_OVER_LIMIT, stay_step(stay.id), uow)
