"""A case turns out to be about somebody whom another case is about, or not to be after all."""

from dataclasses import dataclass
from uuid import UUID

from services.casework.case.cases import domain, facts, repository
from services.casework.case.cases.commands.asking import give_task
from services.casework.case.cases.commands.opening import matter_of, signal_procedure
from services.casework.case.cases.tables import Case
from services.casework.desks.tasks.commands import cancel_of_matter, settle_first_response
from services.casework.desks.tasks.commands import revive_of_matter as revive_tasks
from services.casework.desks.tasks.domain import TaskKind
from services.casework.handoff.handoffs.commands import expire_of_matter
from services.casework.handoff.handoffs.commands import revive_of_matter as revive_handoffs
from services.casework.office.case_types.domain import DUPLICATE
from services.casework.office.matters.commands import keep_matter
from services.casework.person.custody.commands import carry_over, take_back
from services.casework.person.custody.queries import custodian_of
from services.chassis.database import UnitOfWork
from services.chassis.errors import NotFound

UNDONE = "DUPLICATE_UNDONE"


@dataclass(frozen=True, slots=True)
class MarkDuplicate:
    """Somebody says that a case is about whom another one is about; ``expected_version`` is what they saw."""

    case_id: UUID
    parent_case_id: UUID
    expected_version: int | None = None


async def mark_duplicate(command: MarkDuplicate, uow: UnitOfWork) -> Case:
    """The case ends as a double; the other one goes on, and whoever has the person has the other's.

    What nobody has promised yet expires, tasks are cancelled, its aid ends at disbursement; ``undo_duplicate`` brings
    all of it back. Raises ``NotFound``, also for two districts, ``StaleVersion``, ``CaseDoublesItself``,
    ``CaseCannotMove``, ``CaseIsClosed``, ``ParentCaseIsNotAlive`` naming the one that is, ``SomethingHangsOnIt``.
    """
    ids = sorted((command.case_id, command.parent_case_id))
    rows = {case_id: await uow.locked(Case, case_id) for case_id in ids}
    case, parent = rows[command.case_id], rows[command.parent_case_id]
    if command.expected_version is not None and case.version != command.expected_version:
        await uow.locked(Case, case.id, command.expected_version)
    if case.district != parent.district:
        raise NotFound(kind="cases")
    last, hanging = await repository.last_of(uow, parent.id), await repository.hanging(uow, case.id, parent.id)
    state = domain.double_of(case, parent, last["number"], hanging)
    now = await uow.now()
    uow.change(
        case,
        "mark_duplicate",
        state=state.value,
        outcome=DUPLICATE.code,
        parent_case_id=parent.id,
        closed_at=now,
    )
    keep_matter(matter_of(case), uow)
    uow.publish(facts.case_marked_duplicate(parent), about=case)
    uow.publish(facts.case_closed(case, DUPLICATE.code), about=case)
    await carry_over(case.person_id, parent.id, DUPLICATE.custody_ends_as, uow)
    if await custodian_of(parent.id, uow) is not None:
        await settle_first_response(parent.id, uow)
    await expire_of_matter(case.id, DUPLICATE.code, uow)
    await cancel_of_matter(case.id, DUPLICATE.code, uow)
    signal_procedure(case, uow)
    signal_procedure(parent, uow)
    return case


async def undo_duplicate(case_id: UUID, expected_version: int | None, uow: UnitOfWork) -> Case:
    """The case is about somebody else after all: it goes on by itself, with everything that ended with it.

    What cannot come back by itself, since the other case has gone on with it, is put before a case conference.
    Raises ``NotFound``, ``StaleVersion``, ``CaseCannotMove``, ``CaseIsClosed``.
    """
    case = await uow.locked(Case, case_id, expected_version)
    state = domain.next_state(case.state, "undo_duplicate", case.outcome)
    ended_at, parent_id = case.closed_at, case.parent_case_id
    assert ended_at is not None
    assert parent_id is not None
    uow.change(case, "undo_duplicate", state=state.value, outcome=None, parent_case_id=None, closed_at=None)
    keep_matter(matter_of(case), uow)
    uow.publish(facts.case_duplicate_undone(parent_id), about=case)
    custody = await take_back(case.id, ended_at, UNDONE, uow)
    handoffs = await revive_handoffs(case.id, ended_at, UNDONE, uow)
    for about_id in (case.id, parent_id):
        await revive_tasks(about_id, ended_at, UNDONE, uow)
    if not all([is_back for _, is_back in custody] + [revived.is_back for revived in handoffs]):
        await give_task(case, TaskKind.CASE_CONFERENCE, f"undone:{case.version}", uow)
    signal_procedure(case, uow)
    return case
