"""Children: a child until proven otherwise, in every type of case (UU 35/2014; `handoff.md` §6)."""

from uuid import UUID

from services.casework.case.cases import repository
from services.casework.case.cases.commands.asking import ask_handoff, give_task, protect_child
from services.casework.case.cases.commands.opening import matter_of, signal_procedure
from services.casework.case.cases.domain import CaseState
from services.casework.desks.tasks.domain import TaskKind
from services.casework.handoff.disclosures.domain import Purpose
from services.casework.handoff.handoffs.commands import end_purpose, known_step
from services.casework.handoff.handoffs.queries import is_asked_for
from services.casework.office.case_types.domain import CHILD_STEP, PROVEN_ADULT
from services.casework.office.matters.commands import keep_matter
from services.casework.office.procedure_messages.messages import RequestStep
from services.chassis.database import UnitOfWork


async def record_age(person_id: UUID, *, is_minor: bool, is_proven: bool, uow: UnitOfWork) -> None:
    """Somebody looks like a minor, or was proven not to be one: protection begins and ends with that fact.

    A closed case remembers it, for whatever asks about the person later.
    """
    for case in await repository.of_person(uow, person_id):
        if case.apparent_minor == is_minor or not (is_minor or is_proven):
            continue
        uow.change(case, "record_age", apparent_minor=is_minor)
        keep_matter(matter_of(case), uow)
        if case.state == CaseState.CLOSED:
            continue
        await protect_child(case, uow)
        if not is_minor:
            await end_purpose(case.id, Purpose.CHILD_PROTECTION, PROVEN_ADULT, uow)
        signal_procedure(case, uow)


async def protect_again(person_id: UUID, because: str, uow: UnitOfWork) -> None:
    """Somebody is no adult after all: whoever protects children is asked anew, once for each ``because``.

    Who was asked before and has not let go yet is somebody's to talk to, and so is a case that nobody is there to ask.
    """
    await record_age(person_id, is_minor=True, is_proven=False, uow=uow)
    for case in await repository.open_of_person(uow, person_id):
        if await known_step(case.id, CHILD_STEP.name, 1, uow) is None:
            continue
        needs_people = await is_asked_for(case.id, Purpose.CHILD_PROTECTION, uow)
        if not needs_people:
            step = RequestStep(about_id=case.id, step=f"{CHILD_STEP.name}:{because}", purpose=CHILD_STEP.purpose)
            needs_people = (await ask_handoff(step, uow)).outcome == "EXHAUSTED"
        if needs_people:
            await give_task(case, TaskKind.CASE_CONFERENCE, f"child-again:{because}", uow)
