"""What timers, a new calendar and ``reconcile`` do."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from services.casework.handoff.deadlines import repository as deadlines_repository
from services.casework.handoff.deadlines.commands import Deadlines, deadlines_of
from services.casework.handoff.deadlines.domain import Notice, notice_after
from services.casework.handoff.deadlines.repository import handoffs_in_working_time, handoffs_with_escalations_ahead
from services.casework.handoff.deadlines.tables import Deadline, EscalationStep, TimerCheck
from services.casework.handoff.handoffs import domain, facts, repository
from services.casework.handoff.handoffs.commands.groups import ask_next
from services.casework.handoff.handoffs.commands.rows import locked, note_next_due, tell, wake
from services.casework.handoff.handoffs.messages import DeadlineReading
from services.casework.handoff.handoffs.tables import Handoff
from services.casework.office.directory.domain import CaseworkPack, EscalationKind
from services.casework.office.directory.queries import pack_in_force
from services.casework.office.matters.domain import AboutKind
from services.casework.office.rosters.queries import phones_on_duty
from services.chassis.clock import Pace
from services.chassis.database import UnitOfWork
from services.chassis.telemetry import log


async def read_deadlines(handoff_id: UUID, uow: UnitOfWork, pace: Pace | None = None) -> DeadlineReading:
    """What the rows say: whether a deadline will escalate, and when the timer should look next.

    The database's clock is seen here first (``pace``): a process that has not escalated yet knows a jump too.
    """
    if pace is not None:
        pace.jumped(await uow.now())
    handoff = await uow.locked(Handoff, handoff_id)
    return await _reading(
        handoff, await deadlines_of(AboutKind.HANDOFF, handoff, await pack_in_force(uow, handoff.district), uow), uow
    )


async def _reading(handoff: Handoff, deadlines: Deadlines, uow: UnitOfWork) -> DeadlineReading:
    """When to look again, kept beside the hand-off: what the workflow knows is seen without asking it."""
    notices = [
        escalation.notice_by for _, escalation in await deadlines.awaited_notices() if escalation.notice_by is not None
    ]
    look = min([*notices, *filter(None, [deadlines.look_at()])], default=None)
    now = await uow.now()
    uow.put(TimerCheck(handoff_id=handoff.id, district=handoff.district, checked_at=now, next_check_at=look))
    return DeadlineReading(is_open=look is not None, next_check_at=look)


@dataclass(frozen=True, slots=True)
class DeskOf:
    """The desk that a deadline waits for."""

    agency: str
    desk: str


@dataclass(frozen=True, slots=True)
class Reach:
    """What a passed deadline sets going in the layers above, which know tasks and rosters.

    ``convene`` calls a case conference together; ``have_called`` lets somebody telephone a desk that an escalation
    step's message
    did not reach; ``find_empty`` tells whether nobody has the turn at a desk, and keeps it as a finding.
    """

    convene: Callable[[Handoff, UnitOfWork], Awaitable[None]]
    have_called: Callable[[Handoff, EscalationStep, DeskOf, UnitOfWork], Awaitable[None]]
    find_empty: Callable[[Handoff, DeskOf, UnitOfWork], Awaitable[bool]]


def desk_of(handoff: Handoff, owner: str, pack: CaseworkPack) -> DeskOf:
    """Where the agency that must act is reached: the desk that was asked, else its first one."""
    is_asked = owner == handoff.to_agency
    return DeskOf(owner, handoff.to_desk if is_asked else pack.agency(owner).desks[0].code)


HELD_FOR = timedelta(minutes=1)
"""While the database's clock is not believed, or is behind the timer's, it is looked at so often at least."""


async def escalate_if_due(
    handoff_id: UUID, reach: Reach, uow: UnitOfWork, pace: Pace | None = None, woken_at: datetime | None = None
) -> DeadlineReading:
    """What a timer does when it wakes: lock, look at the database's clock, write at most the next escalation step of
    each deadline.

    A timer that is early, late or doubled changes nothing that is not due; every escalation step is written once. An
    escalation step whose
    message did not arrive in time is telephoned; the escalation policy goes on meanwhile. While the database's clock
    has jumped
    (``pace``) nothing escalates. ``woken_at``: the instant by the timer's own clock, which may be ahead of the
    database's.
    """
    jumped = pace.jumped(await uow.now()) if pace is not None else None
    if jumped is not None:
        log().error("database_clock_jumped", handoff_id=str(handoff_id), seconds=int(jumped.total_seconds()))
        return DeadlineReading(is_open=True, next_check_at=await uow.now(), next_check_within=HELD_FOR)
    group, handoff = await locked(handoff_id, uow)
    pack = await pack_in_force(uow, handoff.district)
    deadlines = await deadlines_of(AboutKind.HANDOFF, handoff, pack, uow)
    now = await uow.now()

    async def is_empty(running: Deadline) -> bool:
        return await reach.find_empty(handoff, desk_of(handoff, running.owner, pack), uow)

    for late, escalation in await deadlines.awaited_notices():
        if escalation.notice_by is not None and escalation.notice_by <= now:
            uow.set(escalation, notice=Notice.UNDELIVERED.value)
            await reach.have_called(handoff, escalation, desk_of(handoff, late.owner, pack), uow)
    for rang, escalation in await deadlines.escalate(is_empty):
        kind = EscalationKind(escalation.kind)
        uow.change(handoff, "escalate", reason=kind.value)
        desk = desk_of(handoff, rang.owner, pack)
        is_desk = kind == EscalationKind.REMIND_DESK
        on_duty = await phones_on_duty(desk.agency, desk.desk, pack, uow) if is_desk else ()
        uow.publish(
            facts.handoff_escalated(handoff, rang, escalation, on_duty), about=handoff, fact_id=escalation.fact_id
        )
        item = facts.feed_item(handoff, f"escalated.{kind.value.lower()}", now)
        for agency in dict.fromkeys((handoff.to_agency, handoff.from_agency)):
            uow.feed(agency, item, about=handoff)
        if kind == EscalationKind.NEXT_CANDIDATE and handoff.state in domain.UNDECIDED and group.won_by is None:
            await ask_next(group, pack, uow)
        if kind == EscalationKind.CASE_CONFERENCE:
            await reach.convene(handoff, uow)
    return _not_at_once(await _reading(handoff, deadlines, uow), now, woken_at)


def _not_at_once(reading: DeadlineReading, now: datetime, woken_at: datetime | None) -> DeadlineReading:
    """A timer ahead of the database's clock waits until that has come so far; it would ask again without end."""
    look = reading.next_check_at
    if look is None or woken_at is None or not now < look <= woken_at:
        return reading
    return reading.model_copy(update={"next_check_within": min(look - now, HELD_FOR)})


async def note_notice(fact_id: UUID, news: Notice, reach: Reach, uow: UnitOfWork) -> None:
    """A message was delivered, or failed: kept beside the escalation step of which it told, if it told of one.

    What did not arrive is telephoned, once for each escalation step. No deadline changes.
    """
    handoff_id = await deadlines_repository.handoff_of_escalation(uow, fact_id)
    if handoff_id is None:
        return
    _, handoff = await locked(handoff_id, uow)
    escalation = await deadlines_repository.escalation_of_fact(uow, fact_id)
    if escalation is None:
        return
    before, after = escalation.notice, notice_after(escalation.notice, news)
    arrived_at = await uow.now() if news == Notice.DELIVERED else None
    uow.set(escalation, notice=after.value, delivered_at=escalation.delivered_at or arrived_at)
    pack = await pack_in_force(uow, handoff.district)
    if after == Notice.UNDELIVERED != before and handoff.state in domain.OPEN:
        deadlines = await deadlines_repository.all_of(uow, handoff.id)
        owners = [c.owner for c in deadlines if (c.kind, c.occurrence) == (escalation.deadline, escalation.occurrence)]
        await reach.have_called(handoff, escalation, desk_of(handoff, owners[0], pack), uow)


async def recompute_deadlines(pack: CaseworkPack, before: CaseworkPack | None, uow: UnitOfWork) -> int:
    """A pack with another calendar than ``before`` is in force: open deadlines move, each with a fact. Returns how many
    moved.
    """
    count = 0
    for handoff_id in await handoffs_in_working_time(uow, pack.district):
        _, handoff = await locked(handoff_id, uow)
        deadlines = await deadlines_of(AboutKind.HANDOFF, handoff, pack, uow)
        moved = deadlines.recompute(before)
        if moved:
            uow.change(handoff, "recompute", reason=pack.version, **note_next_due(handoff, deadlines))
            for running, found in moved:
                fact = facts.deadline_moved(handoff, running.kind, running.occurrence, found)
                uow.publish(fact, about=handoff)
            tell(handoff, "deadline-moved", await uow.now(), uow)
        count += len(moved)
    return count


async def rearm_deadlines(uow: UnitOfWork) -> int:
    """Signal the workflow of every hand-off of which a deadline will escalate; those that run look again. Returns how
    many.
    """
    handoffs = await repository.by_ids(uow, await handoffs_with_escalations_ahead(uow))
    for handoff in handoffs:
        wake(handoff, uow)
    return len(handoffs)
