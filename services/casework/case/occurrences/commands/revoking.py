"""What was recorded as having happened did not: one person asks, another confirms, and every consequence is undone."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.casework.case.cases import commands as cases
from services.casework.case.cases.tables import Case
from services.casework.case.occurrences import domain, facts, repository
from services.casework.case.occurrences.commands.recording import RecordOccurrence, carry_out
from services.casework.case.occurrences.domain import (
    Disposition,
    Item,
    Occurrence,
    RevocationReason,
    RevocationState,
    Undone,
)
from services.casework.case.occurrences.tables import OccurrenceRow, Revocation
from services.casework.desks.tasks.commands import cancel_tasks, task_id_of, tasks_done
from services.casework.desks.tasks.commands import revive_of_matter as revive_tasks
from services.casework.desks.tasks.domain import VISITS, TaskKind
from services.casework.handoff.handoffs.commands import revive_conditions_of_matter
from services.casework.handoff.handoffs.commands import revive_of_matter as revive_handoffs
from services.casework.person.custody.commands import take_back
from services.chassis import clock
from services.chassis.database import UnitOfWork
from services.chassis.errors import NotFound

REVOKED = "REVOKED"


@dataclass(frozen=True, slots=True)
class ProposeRevocation:
    """Somebody says that what was recorded did not happen."""

    case_id: UUID
    occurrence_id: UUID
    reason: RevocationReason


async def propose_revocation(command: ProposeRevocation, uow: UnitOfWork) -> Revocation:
    """Write down that an occurrence should be revoked; nothing changes before another person confirms.

    The last that stands goes first, also in a case that is closed. Raises ``NotFound``, ``RevocationIsProposed``,
    ``NotTheLastOccurrence``.
    """
    case = await uow.locked(Case, command.case_id)
    rows = await repository.of_case(uow, case.id)
    if command.occurrence_id not in {row.id for row in rows}:
        raise NotFound(kind="occurrences")
    if await repository.proposal(uow, case.id) is not None:
        raise domain.RevocationIsProposed(("confirm", "refuse"))
    _check_is_last(command.occurrence_id, rows)
    proposed = Revocation(
        id=clock.new_id(),
        correlation_id=case.correlation_id,
        district=case.district,
        case_id=case.id,
        occurrence_id=command.occurrence_id,
        state=RevocationState.PROPOSED.value,
        reason_code=command.reason.value,
        proposed_by=uow.principal.actor,
        proposed_at=await uow.now(),
    )
    uow.create(proposed, "propose", reason=command.reason.value)
    return proposed


def _check_is_last(occurrence_id: UUID, rows: list[OccurrenceRow]) -> None:
    last = domain.last_standing(rows)
    if last is None or last.id != occurrence_id:
        raise domain.NotTheLastOccurrence((domain.REVOKE,) if last else (), last=last.kind if last else None)


async def decide_revocation(
    revocation_id: UUID, state: RevocationState, expected_version: int | None, uow: UnitOfWork
) -> tuple[Revocation, list[Undone]]:
    """Another person confirms, and every consequence is undone or put before a case conference; or refuses.

    Raises ``NotFound``, ``StaleVersion``, ``RevocationIsDecided``, ``SecondPersonIsNeeded``, ``NotTheLastOccurrence``
    when something has happened since.
    """
    revocation = await uow.locked(Revocation, revocation_id, expected_version)
    if revocation.state != RevocationState.PROPOSED:
        raise domain.RevocationIsDecided((), state=revocation.state)
    if revocation.proposed_by == uow.principal.actor:
        raise domain.SecondPersonIsNeeded
    undone: list[Undone] = []
    if state is RevocationState.CONFIRMED:
        case = await uow.locked(Case, revocation.case_id)
        rows = await repository.of_case(uow, case.id)
        _check_is_last(revocation.occurrence_id, rows)
        undone = await _revoke(case, rows, revocation, uow)
    uow.change(revocation, state.value, state=state.value, decided_by=uow.principal.actor, decided_at=await uow.now())
    return revocation, undone


async def _revoke(case: Case, rows: list[OccurrenceRow], revocation: Revocation, uow: UnitOfWork) -> list[Undone]:
    row = next(row for row in rows if row.id == revocation.occurrence_id)
    kind = Occurrence(row.kind)
    uow.set(row, revoked_at=await uow.now())
    uow.change(case, "revoke", reason=kind.value)
    uow.publish(facts.occurrence_revoked(kind.value), about=case, happened_at=row.happened_at)
    standing = domain.standing_of(rows)
    gone_since = standing[-1].happened_at if domain.is_gone(one.kind for one in standing) else None
    undone = await _bring_back(case, row, uow)
    undone += await _end_follow_up(case, rows, row, uow)
    if kind == Occurrence.FOUND_AGAIN and gone_since is not None:
        await _leave_again(case, gone_since, uow)
    else:
        await _give_again(case, standing, uow)
        if domain.disposition_of(kind, Item.AID) in (Disposition.HELD, Disposition.RECHECKED) and gone_since is None:
            undone += await _let_aid_go(case, uow)
    if not all(line.is_back for line in undone):
        await cases.give_task(case, TaskKind.CASE_CONFERENCE, f"revoked:{revocation.id}", uow)
    cases.signal_procedure(case, uow)
    return undone


async def _bring_back(case: Case, row: OccurrenceRow, uow: UnitOfWork) -> list[Undone]:
    """What ended, failed or stood still in the act that recorded it, and hand-offs that failed since it was told."""
    outcome = domain.outcome_of(Occurrence(row.kind), case.case_type)
    told_as = outcome.code if outcome else None
    custody = await take_back(case.id, row.recorded_at, REVOKED, uow)
    handoffs = await revive_handoffs(case.id, row.recorded_at, REVOKED, uow, failed_for=told_as)
    conditions = await revive_conditions_of_matter(case.id, row.recorded_at, REVOKED, uow, voided_for=told_as)
    tasks = await revive_tasks(case.id, row.recorded_at, REVOKED, uow)
    return [
        *(Undone(Item.CUSTODY, stretch.id, "CUSTODY", stretch.agency, is_back) for stretch, is_back in custody),
        *(
            Undone(Item.NOT_ACCEPTED, one.handoff.id, one.handoff.purpose, one.handoff.to_agency, one.is_back)
            for one in handoffs
        ),
        *(Undone(Item.CONDITION, one.id, one.code, one.owner, is_back=True) for one in conditions),
        *(Undone(Item.VISIT if t.kind in VISITS else Item.TASK, t.id, t.kind, t.agency, is_back=True) for t in tasks),
    ]


async def _end_follow_up(case: Case, rows: list[OccurrenceRow], row: OccurrenceRow, uow: UnitOfWork) -> list[Undone]:
    """What it gave somebody to do is pointless; what of it was done already has to be decided."""
    kind = domain.NEW_TASK.get(Occurrence(row.kind))
    if kind is None:
        return []
    number = [one.id for one in rows if one.kind == row.kind].index(row.id) + 1
    ids = [task_id_of(case.id, f"{row.kind.lower()}:{number}", 1), task_id_of(case.id, "aid-decision", 1)]
    done = await tasks_done(ids, uow)
    await cancel_tasks(case.id, ids, REVOKED, uow)
    return [Undone(Item.TASK, task.id, task.kind, task.agency, is_back=False) for task in done]


async def _leave_again(case: Case, since: datetime, uow: UnitOfWork) -> None:
    """Nobody was found: what stands still for somebody who left stands still again."""
    planned = await repository.foresee(uow, case, Occurrence.ABSCONDED)
    command = RecordOccurrence(case.id, Occurrence.ABSCONDED, since)
    await carry_out(case, command, planned, Occurrence.ABSCONDED.value, uow)


async def _give_again(case: Case, standing: list[OccurrenceRow], uow: UnitOfWork) -> None:
    """The outcome that what still stands leads to; else the one of the service itself, or none."""
    ended = domain.ended_by(standing, case.case_type)
    if ended is None:
        await cases.resume_service(case, uow)
    else:
        outcome, row = ended
        await cases.end_service(case, outcome, row.happened_at, uow)


async def _let_aid_go(case: Case, uow: UnitOfWork) -> list[Undone]:
    """What nobody ended goes on; what people ended while it was held stays ended, and is theirs to decide."""
    if case.aid_request_id is None:
        return []
    is_ended = case.aid_decision == "END"
    if not is_ended:
        await cases.release_aid(case, REVOKED, await uow.now(), uow)
    return [Undone(Item.AID, case.aid_request_id, "AID", case.holder, is_back=not is_ended)]
