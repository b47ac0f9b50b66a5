"""Recording what happened: always taken, whatever it breaks off; what becomes of open items is read off the table."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.casework.case.cases import commands as cases
from services.casework.case.cases.domain import CaseIsClosed, CaseState, ends_everything
from services.casework.case.cases.tables import Case
from services.casework.case.occurrences import domain, facts, repository
from services.casework.case.occurrences.domain import Consequence, Disposition, Item, Occurrence
from services.casework.case.occurrences.messages import StepOccurrence
from services.casework.case.occurrences.tables import OccurrenceRow
from services.casework.desks.tasks.commands import cancel_of_matter, pause_visits, resume_visits, settle_search
from services.casework.desks.tasks.domain import TaskKind
from services.casework.handoff.handoffs.commands import apply_dispositions, end_of_step
from services.casework.handoff.handoffs.domain import CLOCKS_MAY_DIFFER, HandoffDisposition, HappensLater
from services.casework.office.directory.queries import pack_in_force
from services.casework.person.custody.commands import end_custody
from services.chassis import clock
from services.chassis.database import UnitOfWork

HANDOFF_DISPOSITIONS: dict[Disposition, HandoffDisposition] = {
    Disposition.EXPIRES: HandoffDisposition.EXPIRE,
    Disposition.EXPIRES_AND_NOTIFIED: HandoffDisposition.EXPIRE,
    Disposition.FAILS: HandoffDisposition.FAIL,
    Disposition.RECEIVER_ASKED: HandoffDisposition.ASK_TO_RELEASE,
}
HANDOFFS = frozenset({Item.NOT_ACCEPTED, Item.ACCEPTED, Item.IN_PROGRESS})


@dataclass(frozen=True, slots=True)
class RecordOccurrence:
    """Something happened to the person of a case; ``told_by`` is the agency that said so."""

    case_id: UUID
    kind: Occurrence
    happened_at: datetime
    told_by: str | None = None


async def record_occurrence(command: RecordOccurrence, uow: UnitOfWork) -> Sequence[Consequence]:
    """Write down what happened and let the table decide; answers what became of each open item.

    Raises ``NotFound``, ``CaseIsClosed``, ``OccurrenceIsNotTold``, ``OccurrenceIsTold``, ``HappensLater``,
    ``AgencyIsUnknown``.
    """
    case = await uow.locked(Case, command.case_id)
    if case.state == CaseState.CLOSED:
        raise CaseIsClosed(())
    told = [row.kind for row in await repository.of_case(uow, case.id)]
    domain.check_told(command.kind, case.outcome, domain.is_gone(told))
    now = await uow.now()
    if command.happened_at > now + CLOCKS_MAY_DIFFER:
        raise HappensLater
    told_by = command.told_by or uow.principal.agency
    if command.told_by:
        (await pack_in_force(uow, case.district)).agency(command.told_by)
    planned = domain.consequences(command.kind, await repository.open_items(uow, case.id))
    uow.insert(
        OccurrenceRow(
            id=clock.new_id(),
            district=case.district,
            case_id=case.id,
            kind=command.kind.value,
            told_by=told_by,
            happened_at=command.happened_at,
            recorded_at=now,
            recorded_by=uow.principal.actor,
        )
    )
    uow.change(case, "hear", happened_at=command.happened_at, reason=command.kind.value)
    uow.publish(facts.occurrence_recorded(command.kind.value, told_by), about=case, happened_at=command.happened_at)
    outcome = domain.outcome_of(command.kind, case.case_type)
    reason = outcome.code if outcome else command.kind.value
    dispositions = {
        c.id: HANDOFF_DISPOSITIONS[c.disposition]
        for c in planned
        if c.item in HANDOFFS and c.disposition in HANDOFF_DISPOSITIONS
    }
    await apply_dispositions(case.id, dispositions, reason, command.happened_at, uow)
    await _turn_visits(case, planned, reason, uow)
    await _tell_of_aid(case, command, reason, uow)
    if any(c.disposition == Disposition.CLOSES_AS_UNKNOWN for c in planned):
        await end_custody(case.person_id, "ABSCONDED", command.happened_at, uow)
    await _follow(case, command, uow)
    cases.signal_procedure(case, uow)
    return planned


async def record_step_occurrence(told: StepOccurrence, uow: UnitOfWork) -> None:
    """The end of a step says what happened to the person: recorded once, as of that end; known already it is left."""
    case = await uow.locked(Case, told.case_id)
    if case.state == CaseState.CLOSED or ends_everything(case.outcome):
        return
    happened_at = await end_of_step(case.id, told.step, uow) or await uow.now()
    await record_occurrence(RecordOccurrence(case.id, Occurrence(told.kind), happened_at, told.told_by), uow)


async def _turn_visits(case: Case, planned: Sequence[Consequence], reason: str, uow: UnitOfWork) -> None:
    dispositions = {c.disposition for c in planned if c.item == Item.VISIT}
    if dispositions & {Disposition.ENDS, Disposition.REPLACED, Disposition.HANDED_ON}:
        await cancel_of_matter(case.id, reason, uow)
    elif Disposition.PAUSED in dispositions:
        await pause_visits(case.id, reason, uow)
    elif Disposition.RESUMED in dispositions:
        await resume_visits(case.id, reason, uow)


async def _tell_of_aid(case: Case, command: RecordOccurrence, reason: str, uow: UnitOfWork) -> None:
    """Disbursement is told whatever we take the aid for: it alone knows whether the money can still be stopped."""
    disposition = domain.disposition_of(command.kind, Item.AID)
    if disposition in (Disposition.HELD, Disposition.RECHECKED):
        await cases.hold_aid(case, reason, command.happened_at, uow)
    elif disposition == Disposition.RELEASED:
        await cases.release_aid(case, reason, command.happened_at, uow)


async def _follow(case: Case, command: RecordOccurrence, uow: UnitOfWork) -> None:
    """How the service ends, and who has something to do now."""
    outcome = domain.outcome_of(command.kind, case.case_type)
    if outcome is not None:
        await cases.end_service(case, outcome, uow)
    match command.kind:
        case Occurrence.DIED:
            await settle_search(case.id, "DECEASED", uow)
            await cases.give_task(case, TaskKind.BURIAL, "burial", uow)
        case Occurrence.ABSCONDED:
            number = len([r for r in await repository.of_case(uow, case.id) if r.kind == command.kind])
            await cases.give_task(case, TaskKind.SEARCH_PERSON, f"search-{number}", uow)
        case Occurrence.FOUND_AGAIN:
            await settle_search(case.id, "FOUND", uow)
        case Occurrence.NOT_THIS_TYPE:
            await cases.give_task(case, TaskKind.REROUTE, "reroute", uow)
        case _:
            pass
