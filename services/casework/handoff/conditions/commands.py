"""The only code that changes promises. What they mean for the hand-off is decided by the hand-off's own commands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.casework.handoff.conditions import domain, repository
from services.casework.handoff.conditions.domain import ConditionAbout, ConditionState
from services.casework.handoff.conditions.tables import Condition
from services.chassis import clock
from services.chassis.database import Aggregate, UnitOfWork


@dataclass(frozen=True, slots=True)
class MakeCondition:
    """«Yes, if …»: what must be so, who sees to it, until when."""

    code: str
    owner: str
    due_at: datetime
    about: ConditionAbout = ConditionAbout.CANDIDATE


async def make_conditions(
    wanted: Sequence[MakeCondition], about: Aggregate, matter_id: UUID, asked_by: str, after: int, uow: UnitOfWork
) -> list[Condition]:
    """Write down the conditions of a yes, numbered ``after`` the last that there ever was: also one that binds another
    now had a deadline under its number.
    """
    made = [
        Condition(
            id=clock.new_id(),
            correlation_id=about.correlation_id,
            district=about.district,
            handoff_id=about.id,
            matter_id=matter_id,
            number=after + position,
            code=condition.code,
            about=condition.about.value,
            owner=condition.owner,
            asked_by=asked_by,
            due_at=condition.due_at,
            state=ConditionState.OPEN.value,
        )
        for position, condition in enumerate(wanted, 1)
    ]
    for condition in made:
        uow.create(condition, "make")
    return made


async def decide_condition(condition_id: UUID, verb: str, reason_code: str | None, uow: UnitOfWork) -> Condition:
    """``meet``, ``waive`` or ``break`` a condition.

    Raises ``NotFound``, ``ConditionIsNotYours`` to whoever may not say it, ``ConditionIsDecided``.
    """
    condition = await uow.locked(Condition, condition_id)
    entitled = condition.asked_by if verb == "waive" else condition.owner
    if not uow.principal.is_system and uow.principal.agency != entitled:
        raise domain.ConditionIsNotYours
    await _decide(condition, verb, reason_code, uow)
    return condition


async def void_conditions(handoff_id: UUID, reason_code: str, uow: UnitOfWork) -> None:
    """The answer they belonged to is gone; what was about the case itself outlives it."""
    for condition in await repository.open_of_handoff(uow, handoff_id):
        if condition.about == ConditionAbout.CANDIDATE:
            await _decide(condition, "void", reason_code, uow)


async def end_conditions(conditions: Sequence[Condition], reason_code: str, uow: UnitOfWork) -> None:
    """Nobody waits for these any more, whatever they were about."""
    for condition in conditions:
        await _decide(condition, "void", reason_code, uow)


async def bind_condition(
    condition: Condition, handoff_id: UUID, agency: str, number: int, due_at: datetime, uow: UnitOfWork
) -> None:
    """Another agency said yes: it waits for what was asked about the case, and keeps what the candidate would have."""
    owner = agency if condition.owner == condition.asked_by else condition.owner
    uow.change(condition, "bind", handoff_id=handoff_id, number=number, owner=owner, asked_by=agency, due_at=due_at)


async def bring_back_condition(condition: Condition, reason_code: str, due_at: datetime, uow: UnitOfWork) -> None:
    """What ended it did not happen: it is open again, never met by that. Raises ``ConditionIsDecided``."""
    state = domain.next_state(condition.state, "bring-back")
    uow.change(
        condition,
        "bring-back",
        reason=reason_code,
        state=state.value,
        reason_code=None,
        decided_at=None,
        due_at=due_at,
    )


async def _decide(condition: Condition, verb: str, reason_code: str | None, uow: UnitOfWork) -> None:
    state = domain.next_state(condition.state, verb)
    uow.change(
        condition, verb, reason=reason_code, state=state.value, reason_code=reason_code, decided_at=await uow.now()
    )
