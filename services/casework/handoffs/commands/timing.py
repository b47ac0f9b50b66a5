"""What timers, a new calendar and ``reconcile`` do."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from services.casework.clocks.commands import clocks_of
from services.casework.clocks.repository import handoffs_in_working_time, handoffs_with_rungs_ahead
from services.casework.directory.domain import CaseworkPack, RungKind
from services.casework.directory.queries import pack_in_force
from services.casework.handoffs import domain, facts, repository
from services.casework.handoffs.commands.groups import ask_next
from services.casework.handoffs.commands.rows import locked, note_next_due, tell, wake
from services.casework.handoffs.messages import (
    ClockReading,
)
from services.casework.handoffs.tables import Handoff
from services.chassis.database import UnitOfWork


async def read_clock(handoff_id: UUID, uow: UnitOfWork) -> ClockReading:
    """What the rows say: whether a clock will ring, and when the timer should look next."""
    handoff = await uow.locked(Handoff, handoff_id)
    look = (await clocks_of(handoff, await pack_in_force(uow, handoff.district), uow)).look_at()
    return ClockReading(is_open=look is not None, look_again_at=look)


Convene = Callable[[Handoff, UnitOfWork], Awaitable[None]]
"""What calls a case conference together, given by a layer that knows tasks."""


async def ring_clock(handoff_id: UUID, convene: Convene, uow: UnitOfWork) -> ClockReading:
    """What a timer does when it wakes: lock, look at the database's clock, write at most the next rung of each clock.

    A timer that is early, late or doubled changes nothing that is not due; every rung is written once.
    """
    group, handoff = await locked(handoff_id, uow)
    pack = await pack_in_force(uow, handoff.district)
    clocks = await clocks_of(handoff, pack, uow)
    now = await uow.now()
    for rang, kind in clocks.ring():
        uow.change(handoff, "escalate", reason=kind.value)
        uow.publish(
            facts.handoff_escalated(handoff, rang.kind, rang.occurrence, rang.rungs, kind, rang.due_at),
            about=handoff,
        )
        item = facts.feed_item(handoff, f"escalated.{kind.value.lower()}", now)
        for agency in dict.fromkeys((handoff.to_agency, handoff.from_agency)):
            uow.feed(agency, item, about=handoff)
        if kind == RungKind.NEXT_CANDIDATE and handoff.state in domain.UNDECIDED and group.won_by is None:
            await ask_next(group, pack, uow)
        if kind == RungKind.CASE_CONFERENCE:
            await convene(handoff, uow)
    look = clocks.look_at()
    return ClockReading(is_open=look is not None, look_again_at=look)


async def recompute_deadlines(pack: CaseworkPack, uow: UnitOfWork) -> int:
    """A pack with another calendar is in force: open clocks move, each with a fact. Returns how many moved."""
    count = 0
    for handoff_id in await handoffs_in_working_time(uow, pack.district):
        _, handoff = await locked(handoff_id, uow)
        clocks = await clocks_of(handoff, pack, uow)
        moved = clocks.recompute()
        if moved:
            uow.change(handoff, "recompute", reason=pack.version, **note_next_due(handoff, clocks))
            for running, found in moved:
                fact = facts.deadline_moved(handoff, running.kind, running.occurrence, found)
                uow.publish(fact, about=handoff)
            tell(handoff, "deadline-moved", await uow.now(), uow)
        count += len(moved)
    return count


async def rearm_clocks(uow: UnitOfWork) -> int:
    """Signal the workflow of every hand-off of which a clock will ring; those that run look again. Returns how many."""
    handoffs = await repository.by_ids(uow, await handoffs_with_rungs_ahead(uow))
    for handoff in handoffs:
        wake(handoff, uow)
    return len(handoffs)
