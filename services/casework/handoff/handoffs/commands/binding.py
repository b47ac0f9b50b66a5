"""Conditions about a case outlive the candidate who made them: whom they bind then, and with what they end."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from itertools import groupby
from uuid import UUID

from services.casework.handoff.conditions import repository as conditions_repository
from services.casework.handoff.conditions.commands import bind_condition, bring_back_condition, end_conditions
from services.casework.handoff.conditions.domain import STANDING
from services.casework.handoff.conditions.tables import Condition
from services.casework.handoff.deadlines.commands import Deadlines, StartDeadline, deadlines_of
from services.casework.handoff.deadlines.domain import DeadlineKind
from services.casework.handoff.handoffs import facts, repository
from services.casework.handoff.handoffs.commands.rows import note_next_due, rules_of, tell, wake
from services.casework.handoff.handoffs.tables import Handoff, HandoffGroup
from services.casework.office.directory.domain import CaseworkPack
from services.casework.office.directory.queries import pack_in_force
from services.casework.office.matters.domain import AboutKind
from services.chassis.database import UnitOfWork

PASSED_ON = "PASSED_ON"
ASKED_ALREADY = "ASKED_ALREADY"


async def bind_winner(group: HandoffGroup, winner: Handoff, pack: CaseworkPack, uow: UnitOfWork) -> None:
    """What other candidates asked for about the case itself is waited for by the winner, and asked of it.

    What the winner has asked for itself, met or not, is not asked for twice.
    """
    others = [one for one in await repository.ids_of_group(uow, group.id) if one != winner.id]
    surviving = await conditions_repository.open_of_handoffs(uow, others)
    if not surviving:
        return
    known = {c.code for c in await conditions_repository.of_handoff(uow, winner.id) if c.state in STANDING}
    deadlines = await deadlines_of(AboutKind.HANDOFF, winner, pack, uow)
    for condition in surviving:
        if condition.code in known:
            await _end([condition], ASKED_ALREADY, uow)
            continue
        known.add(condition.code)
        await _pass_on(condition, winner, deadlines, pack, uow)


async def _pass_on(
    condition: Condition, winner: Handoff, deadlines: Deadlines, pack: CaseworkPack, uow: UnitOfWork
) -> None:
    now, owner = await uow.now(), condition.owner
    loser = await uow.locked(Handoff, condition.handoff_id)
    before = await deadlines_of(AboutKind.HANDOFF, loser, pack, uow)
    ran = before.of_promise(condition.number)
    await before.stop(PASSED_ON, {DeadlineKind.PROMISE_BY}, occurrence=condition.number)
    uow.change(loser, "condition-passed-on", reason=condition.code, **note_next_due(loser, before))
    is_new_owner = owner == condition.asked_by
    due_at = max(condition.due_at, now + pack.decree_grace) if is_new_owner else condition.due_at
    await bind_condition(condition, winner.id, winner.to_agency, deadlines.promises() + 1, due_at, uow)
    deadlines.start(
        StartDeadline(
            DeadlineKind.PROMISE_BY,
            condition.owner,
            condition.owner,
            "",
            timedelta(0),
            rules_of(winner, pack).escalation_policy,
            in_working_time=False,
            occurrence=condition.number,
            until=due_at,
            since=ran.started_at if ran and not is_new_owner else None,
            escalations=ran.escalations if ran and not is_new_owner else 0,
        )
    )
    uow.change(winner, "condition-bound", reason=condition.code, **note_next_due(winner, deadlines))
    uow.publish(facts.condition_passed_on(winner, condition.code, condition.owner, due_at), about=winner)
    tell(winner, "condition.bound", now, uow)


async def end_conditions_of_group(group: HandoffGroup, reason_code: str, uow: UnitOfWork) -> None:
    """The request ended without a result: nobody waits for its conditions, those about the case included."""
    ids = await repository.ids_of_group(uow, group.id)
    await _end(await conditions_repository.open_of_handoffs(uow, ids), reason_code, uow)


async def end_conditions_by_id(ids: Collection[UUID], reason_code: str, uow: UnitOfWork) -> None:
    """What outlived its hand-off ends with what happened to the person; what was decided meanwhile is left."""
    await _end(await conditions_repository.open_of_ids(uow, ids), reason_code, uow)


async def _end(conditions: Iterable[Condition], reason_code: str, uow: UnitOfWork) -> None:
    """Void conditions and stop their deadlines, one hand-off after the other."""
    for handoff_id, found in groupby(sorted(conditions, key=lambda c: c.handoff_id), key=lambda c: c.handoff_id):
        ending = list(found)
        handoff = await uow.locked(Handoff, handoff_id)
        deadlines = await deadlines_of(AboutKind.HANDOFF, handoff, await pack_in_force(uow, handoff.district), uow)
        await end_conditions(ending, reason_code, uow)
        for condition in ending:
            await deadlines.stop(reason_code, {DeadlineKind.PROMISE_BY}, occurrence=condition.number)
        uow.change(handoff, "condition-void", reason=reason_code, **note_next_due(handoff, deadlines))
        wake(handoff, uow)


async def revive_conditions_of_matter(
    about_id: UUID, ended_at: datetime, reason_code: str, uow: UnitOfWork, *, voided_for: str | None = None
) -> list[Condition]:
    """Bring back what was promised about a case and ended by one act; due as much later as it stood still.

    ``voided_for``: the reason of failures that told what was revoked; what ended with them comes back, too.
    """
    now = await uow.now()
    found = await conditions_repository.voided_at(uow, about_id, ended_at, voided_for)
    for condition in found:
        handoff = await uow.locked(Handoff, condition.handoff_id)
        deadlines = await deadlines_of(AboutKind.HANDOFF, handoff, await pack_in_force(uow, handoff.district), uow)
        due_at = condition.due_at + (now - (condition.decided_at or now))
        await bring_back_condition(condition, reason_code, due_at, uow)
        stopped = deadlines.of_promise(condition.number)
        if stopped is not None:
            deadlines.revive(stopped, reason_code, due_at)
        uow.change(handoff, "condition-back", reason=reason_code, **note_next_due(handoff, deadlines))
        tell(handoff, "condition.back", now, uow)
    return found
