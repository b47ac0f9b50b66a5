"""What timers, a new calendar and ``reconcile`` do."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from services.casework.handoff.deadlines import repository as clocks_repository
from services.casework.handoff.deadlines.commands import ClockSet, clocks_of
from services.casework.handoff.deadlines.domain import Notice, notice_after
from services.casework.handoff.deadlines.repository import handoffs_in_working_time, handoffs_with_rungs_ahead
from services.casework.handoff.deadlines.tables import Clock, ClockKeeper, RungRow
from services.casework.handoff.handoffs import domain, facts, repository
from services.casework.handoff.handoffs.commands.groups import ask_next
from services.casework.handoff.handoffs.commands.rows import locked, note_next_due, tell, wake
from services.casework.handoff.handoffs.messages import ClockReading
from services.casework.handoff.handoffs.tables import Handoff
from services.casework.office.directory.domain import CaseworkPack, RungKind
from services.casework.office.directory.queries import pack_in_force
from services.casework.office.rosters.queries import phones_on_duty
from services.chassis.clock import Pace
from services.chassis.database import UnitOfWork
from services.chassis.telemetry import log


async def read_clock(handoff_id: UUID, uow: UnitOfWork, pace: Pace | None = None) -> ClockReading:
    """What the rows say: whether a clock will ring, and when the timer should look next.

    The database's clock is seen here first (``pace``): a process that has not rung yet knows a jump too.
    """
    if pace is not None:
        pace.jumped(await uow.now())
    handoff = await uow.locked(Handoff, handoff_id)
    return await _reading(handoff, await clocks_of(handoff, await pack_in_force(uow, handoff.district), uow), uow)


async def _reading(handoff: Handoff, clocks: ClockSet, uow: UnitOfWork) -> ClockReading:
    """When to look again, kept beside the hand-off: what the workflow knows is seen without asking it."""
    notices = [rung.notice_by for _, rung in await clocks.awaited_notices() if rung.notice_by is not None]
    look = min([*notices, *filter(None, [clocks.look_at()])], default=None)
    now = await uow.now()
    uow.put(ClockKeeper(handoff_id=handoff.id, district=handoff.district, looked_at=now, looks_again_at=look))
    return ClockReading(is_open=look is not None, look_again_at=look)


@dataclass(frozen=True, slots=True)
class DeskOf:
    """The desk that a clock waits for."""

    agency: str
    desk: str


@dataclass(frozen=True, slots=True)
class Reach:
    """What a ringing clock sets going in the layers above, which know tasks and rosters.

    ``convene`` calls a case conference together; ``have_called`` lets somebody telephone a desk that a rung's message
    did not reach; ``find_empty`` tells whether nobody has the turn at a desk, and keeps it as a finding.
    """

    convene: Callable[[Handoff, UnitOfWork], Awaitable[None]]
    have_called: Callable[[Handoff, RungRow, DeskOf, UnitOfWork], Awaitable[None]]
    find_empty: Callable[[Handoff, DeskOf, UnitOfWork], Awaitable[bool]]


def desk_of(handoff: Handoff, owner: str, pack: CaseworkPack) -> DeskOf:
    """Where the agency that must act is reached: the desk that was asked, else its first one."""
    is_asked = owner == handoff.to_agency
    return DeskOf(owner, handoff.to_desk if is_asked else pack.agency(owner).desks[0].code)


HELD_FOR = timedelta(minutes=1)
"""While the database's clock is not believed, or is behind the timer's, it is looked at so often at least."""


async def ring_clock(
    handoff_id: UUID, reach: Reach, uow: UnitOfWork, pace: Pace | None = None, woken_at: datetime | None = None
) -> ClockReading:
    """What a timer does when it wakes: lock, look at the database's clock, write at most the next rung of each clock.

    A timer that is early, late or doubled changes nothing that is not due; every rung is written once. A rung whose
    message did not arrive in time is telephoned; the ladder goes on meanwhile. While the database's clock has jumped
    (``pace``) nothing rings. ``woken_at``: the instant by the timer's own clock, which may be ahead of the database's.
    """
    jumped = pace.jumped(await uow.now()) if pace is not None else None
    if jumped is not None:
        log().error("database_clock_jumped", handoff_id=str(handoff_id), seconds=int(jumped.total_seconds()))
        return ClockReading(is_open=True, look_again_at=await uow.now(), look_again_within=HELD_FOR)
    group, handoff = await locked(handoff_id, uow)
    pack = await pack_in_force(uow, handoff.district)
    clocks = await clocks_of(handoff, pack, uow)
    now = await uow.now()

    async def is_empty(running: Clock) -> bool:
        return await reach.find_empty(handoff, desk_of(handoff, running.owner, pack), uow)

    for late, rung in await clocks.awaited_notices():
        if rung.notice_by is not None and rung.notice_by <= now:
            uow.set(rung, notice=Notice.UNDELIVERED.value)
            await reach.have_called(handoff, rung, desk_of(handoff, late.owner, pack), uow)
    for rang, rung in await clocks.ring(is_empty):
        kind = RungKind(rung.kind)
        uow.change(handoff, "escalate", reason=kind.value)
        desk = desk_of(handoff, rang.owner, pack)
        is_desk = kind == RungKind.REMIND_DESK
        on_duty = await phones_on_duty(desk.agency, desk.desk, pack, uow) if is_desk else ()
        uow.publish(facts.handoff_escalated(handoff, rang, rung, on_duty), about=handoff, fact_id=rung.fact_id)
        item = facts.feed_item(handoff, f"escalated.{kind.value.lower()}", now)
        for agency in dict.fromkeys((handoff.to_agency, handoff.from_agency)):
            uow.feed(agency, item, about=handoff)
        if kind == RungKind.NEXT_CANDIDATE and handoff.state in domain.UNDECIDED and group.won_by is None:
            await ask_next(group, pack, uow)
        if kind == RungKind.CASE_CONFERENCE:
            await reach.convene(handoff, uow)
    return _not_at_once(await _reading(handoff, clocks, uow), now, woken_at)


def _not_at_once(reading: ClockReading, now: datetime, woken_at: datetime | None) -> ClockReading:
    """A timer ahead of the database's clock waits until that has come so far; it would ask again without end."""
    look = reading.look_again_at
    if look is None or woken_at is None or not now < look <= woken_at:
        return reading
    return reading.model_copy(update={"look_again_within": min(look - now, HELD_FOR)})


async def note_notice(fact_id: UUID, news: Notice, reach: Reach, uow: UnitOfWork) -> None:
    """A message was delivered, or failed: kept beside the rung of which it told, if it told of one.

    What did not arrive is telephoned, once for each rung. No clock changes.
    """
    handoff_id = await clocks_repository.handoff_of_rung(uow, fact_id)
    if handoff_id is None:
        return
    _, handoff = await locked(handoff_id, uow)
    rung = await clocks_repository.rung_of_fact(uow, fact_id)
    if rung is None:
        return
    before, after = rung.notice, notice_after(rung.notice, news)
    arrived_at = await uow.now() if news == Notice.DELIVERED else None
    uow.set(rung, notice=after.value, delivered_at=rung.delivered_at or arrived_at)
    pack = await pack_in_force(uow, handoff.district)
    if after == Notice.UNDELIVERED != before and handoff.state in domain.OPEN:
        clocks = await clocks_repository.all_of(uow, handoff.id)
        owners = [c.owner for c in clocks if (c.kind, c.occurrence) == (rung.clock, rung.occurrence)]
        await reach.have_called(handoff, rung, desk_of(handoff, owners[0], pack), uow)


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
