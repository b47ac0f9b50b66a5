"""The only code that changes promises. What they mean for the hand-off is decided by the hand-off's own commands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.casework.handoff.conditions import domain, repository
from services.casework.handoff.conditions.domain import PromiseAbout, PromiseState
from services.casework.handoff.conditions.tables import Promise
from services.chassis import clock
from services.chassis.database import Aggregate, UnitOfWork


@dataclass(frozen=True, slots=True)
class MakePromise:
    """«Yes, if …»: what must be so, who sees to it, until when."""

    code: str
    owner: str
    due_at: datetime
    about: PromiseAbout = PromiseAbout.CANDIDATE


async def make_promises(
    wanted: Sequence[MakePromise], about: Aggregate, case_id: UUID, asked_by: str, uow: UnitOfWork
) -> list[Promise]:
    """Write down the conditions of a yes. An answer that is given anew goes on with the numbers."""
    known = await repository.of_handoff(uow, about.id)
    made = [
        Promise(
            id=clock.new_id(),
            correlation_id=about.correlation_id,
            district=about.district,
            handoff_id=about.id,
            case_id=case_id,
            number=len(known) + position,
            code=promise.code,
            about=promise.about.value,
            owner=promise.owner,
            asked_by=asked_by,
            due_at=promise.due_at,
            state=PromiseState.OPEN.value,
        )
        for position, promise in enumerate(wanted, 1)
    ]
    for promise in made:
        uow.create(promise, "make")
    return made


async def decide_promise(promise_id: UUID, verb: str, reason_code: str | None, uow: UnitOfWork) -> Promise:
    """``meet``, ``waive`` or ``break`` a promise.

    Raises ``NotFound``, ``PromiseIsNotYours`` to whoever may not say it, ``PromiseIsDecided``.
    """
    promise = await uow.locked(Promise, promise_id)
    entitled = promise.asked_by if verb == "waive" else promise.owner
    if not uow.principal.is_system and uow.principal.agency != entitled:
        raise domain.PromiseIsNotYours
    await _decide(promise, verb, reason_code, uow)
    return promise


async def void_promises(handoff_id: UUID, reason_code: str, uow: UnitOfWork) -> None:
    """The answer they belonged to is gone; what was about the case itself outlives it."""
    for promise in await repository.open_of_handoff(uow, handoff_id):
        if promise.about == PromiseAbout.CANDIDATE:
            await _decide(promise, "void", reason_code, uow)


async def _decide(promise: Promise, verb: str, reason_code: str | None, uow: UnitOfWork) -> None:
    state = domain.next_state(promise.state, verb)
    uow.change(
        promise, verb, reason=reason_code, state=state.value, reason_code=reason_code, decided_at=await uow.now()
    )
