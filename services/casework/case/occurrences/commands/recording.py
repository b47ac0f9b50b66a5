"""Recording what happened: always taken, whatever it breaks off; what becomes of open items is read off the table."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.casework.case.cases import commands as cases
from services.casework.case.cases.commands import OpenHandoff
from services.casework.case.cases.domain import CaseIsClosed, CaseState, ends_everything
from services.casework.case.cases.tables import Case
from services.casework.case.occurrences import access, domain, facts, repository
from services.casework.case.occurrences.domain import Consequence, Disposition, Item, Occurrence
from services.casework.case.occurrences.messages import StepOccurrence, StepTold
from services.casework.case.occurrences.tables import OccurrenceRow
from services.casework.desks.tasks.commands import cancel_tasks, pause_tasks, resume_tasks, settle_search
from services.casework.desks.tasks.domain import TaskKind
from services.casework.handoff.disclosures.domain import Purpose
from services.casework.handoff.handoffs.commands import apply_dispositions, end_conditions_by_id, end_of_step
from services.casework.handoff.handoffs.domain import HandoffDisposition, check_happened_at
from services.casework.handoff.handoffs.queries import known_handoff
from services.casework.office.directory.queries import pack_in_force
from services.casework.office.matters.domain import AboutKind
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
TASKS = frozenset({Item.VISIT, Item.TASK})


@dataclass(frozen=True, slots=True)
class RecordOccurrence:
    """Something happened to the person of a case; ``told_by`` is the agency that said so, ``to_agency`` whoever goes on
    with the visits of a person who was sent on. ``expected_fingerprint``: of what the caller was shown that it would
    do; without it, it is recorded whatever it does."""

    case_id: UUID
    kind: Occurrence
    happened_at: datetime
    told_by: str | None = None
    to_agency: str | None = None
    expected_fingerprint: str | None = None


async def record_occurrence(command: RecordOccurrence, uow: UnitOfWork) -> Sequence[Consequence]:
    """Write down what happened and let the table decide; answers what became of each open item that is the caller's to
    know.

    Told by the office, and while it has the person by their custodian, for itself and of what a custodian sees. Raises
    ``NotFound``, ``PersonIsNotWithYou``, ``OfficeTellsThis``, ``CaseIsClosed``, ``OccurrenceIsNotTold``,
    ``OccurrenceIsTold``, ``HappensLater``, ``HappensTooEarly``, ``AgencyIsUnknown``, ``ConsequencesHaveChanged``.
    """
    case = await uow.locked(Case, command.case_id)
    rows = await repository.of_case(uow, case.id)
    may_tell = await repository.tellable_now(uow, case)
    access.check_teller(command.kind, may_tell, command.told_by, uow.principal)
    if case.state == CaseState.CLOSED:
        raise CaseIsClosed([domain.REVOKE] if domain.last_standing(rows) and may_tell == domain.RECORDABLE else [])
    told = [row.kind for row in domain.standing_of(rows)]
    domain.check_told(command.kind, case.outcome, domain.is_gone(told), may_tell)
    now = await uow.now()
    check_happened_at(command.happened_at, case.opened_at, now)
    pack = await pack_in_force(uow, case.district)
    told_by = pack.agency(command.told_by).code if command.told_by else uow.principal.agency
    planned = await repository.foresee(uow, case, command.kind, command.to_agency)
    shown = access.shown(uow.principal, pack.office, planned)
    if command.expected_fingerprint not in (None, domain.fingerprint(shown)):
        raise domain.ConsequencesHaveChanged([command.kind.value])
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
            consequences=[line.kept() for line in planned],
        )
    )
    uow.change(case, "hear", happened_at=command.happened_at, reason=command.kind.value)
    uow.publish(facts.occurrence_recorded(command.kind.value, told_by), about=case, happened_at=command.happened_at)
    outcome = domain.outcome_of(command.kind, case.case_type)
    await carry_out(case, command, planned, outcome.code if outcome else command.kind.value, uow)
    cases.signal_procedure(case, uow)
    return shown


async def record_step_occurrence(told: StepOccurrence, uow: UnitOfWork) -> StepTold:
    """The end of a step says what happened to the person: recorded once, as of that end; known already, or from
    before the service was given again, it is left. Answers whether the service has ended.
    """
    case = await uow.locked(Case, told.case_id)
    if case.state == CaseState.CLOSED or ends_everything(case.outcome):
        return StepTold(has_ended=True)
    happened_at = await end_of_step(case.id, told.step, uow) or await uow.now()
    if case.resumed_at is not None and happened_at <= case.resumed_at:
        return StepTold(has_ended=False)
    await record_occurrence(RecordOccurrence(case.id, Occurrence(told.kind), happened_at, told.told_by), uow)
    return StepTold(has_ended=ends_everything(case.outcome))


async def hear_failure(handoff_id: UUID, told_at: datetime, uow: UnitOfWork) -> None:
    """A hand-off failed because its person died or left: heard whoever asked for it, a procedure's step or a person.

    Told since (``told_at``: when the failure was recorded), revoked or not, it is left. In a closed case it is a
    finding of the office.
    """
    handoff = await known_handoff(uow, handoff_id)
    kind = domain.TOLD_WITH_A_FAILURE.get(handoff.reason_code or "") if handoff else None
    if handoff is None or kind is None or handoff.about_kind != AboutKind.CASE:
        return
    case = await uow.locked(Case, handoff.about_id)
    happened_at = handoff.ended_at or await uow.now()
    rows = await repository.of_case(uow, case.id)
    was_told = any(row.kind == kind and row.recorded_at >= told_at for row in rows)
    if was_told or domain.is_known(kind, case.outcome):
        return
    if case.state == CaseState.CLOSED:
        await cases.find_told_after_closing(case, f"{kind}:{handoff.id}", handoff.to_agency, happened_at, uow)
        return
    await record_occurrence(RecordOccurrence(case.id, kind, happened_at, handoff.to_agency), uow)


async def carry_out(
    case: Case, command: RecordOccurrence, planned: Sequence[Consequence], reason: str, uow: UnitOfWork
) -> None:
    """Do what was planned, and nothing else."""
    handoffs = {
        line.id: HANDOFF_DISPOSITIONS[line.disposition]
        for line in planned
        if line.item in HANDOFFS and line.id and line.disposition in HANDOFF_DISPOSITIONS
    }
    await apply_dispositions(case.id, handoffs, reason, command.happened_at, uow)
    await _turn_tasks(case, planned, reason, uow)
    ended = [n.id for n in planned if n.item == Item.CONDITION and n.disposition == Disposition.ENDS and n.id]
    await end_conditions_by_id(ended, reason, uow)
    for line in planned:
        match line.item, line.disposition:
            case Item.AID, Disposition.HELD | Disposition.RECHECKED:
                await cases.hold_aid(case, reason, command.happened_at, uow)
            case Item.AID, Disposition.RELEASED:
                await cases.release_aid(case, reason, command.happened_at, uow)
            case Item.CUSTODY, Disposition.CLOSES_AS_UNKNOWN:
                await end_custody(case.person_id, reason, command.happened_at, uow)
            case Item.SERVICE, Disposition.ENDS | Disposition.PAUSED:
                outcome = domain.outcome_of(command.kind, case.case_type)
                assert outcome is not None
                await cases.end_service(case, outcome, command.happened_at, uow)
            case Item.SERVICE, Disposition.RESUMED:
                await cases.resume_service(case, uow)
            case _, Disposition.OPENED:
                await _give_task(case, command.kind, TaskKind(line.name), uow)
            case _, Disposition.ASKED:
                asked = OpenHandoff(case.id, Purpose(line.name), None, [line.party], "sequential", is_draft=False)
                await cases.open_handoff(asked, uow)
            case _:
                pass


async def _turn_tasks(case: Case, planned: Sequence[Consequence], reason: str, uow: UnitOfWork) -> None:
    """Which tasks end, stand still and go on; a search ends with what it was for."""
    ids: dict[Disposition, list[UUID]] = {}
    for line in planned:
        if line.item in TASKS and line.id is not None:
            ids.setdefault(line.disposition, []).append(line.id)
    if any(line.name == TaskKind.SEARCH_PERSON and line.disposition == Disposition.ENDS for line in planned):
        await settle_search(case.id, "FOUND" if reason == Occurrence.FOUND_AGAIN else reason, uow)
    ended = [n for d in (Disposition.ENDS, Disposition.REPLACED, Disposition.HANDED_ON) for n in ids.get(d, [])]
    await cancel_tasks(case.id, ended, reason, uow)
    await pause_tasks(case.id, ids.get(Disposition.PAUSED, []), reason, uow)
    await resume_tasks(case.id, ids.get(Disposition.RESUMED, []), reason, uow)


async def _give_task(case: Case, occurrence: Occurrence, kind: TaskKind, uow: UnitOfWork) -> None:
    """One task for each time that it happened."""
    number = len([row for row in await repository.of_case(uow, case.id) if row.kind == occurrence])
    await cases.give_task(case, kind, f"{occurrence.value.lower()}:{number}", uow)
