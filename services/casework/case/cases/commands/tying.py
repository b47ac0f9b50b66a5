"""A mother and her child: tied, and parted again."""

from uuid import UUID

from services.casework.case.cases import domain, facts
from services.casework.case.cases.domain import CaseState
from services.casework.case.cases.tables import Case
from services.casework.person.custody.commands import compare_families
from services.casework.person.family import repository as family
from services.casework.person.family.tables import FamilyTie
from services.chassis import clock
from services.chassis.database import UnitOfWork
from services.chassis.errors import NotFound


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
            matter_id=mother.id,
            person_id=mother.person_id,
            child_matter_id=child.id,
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
