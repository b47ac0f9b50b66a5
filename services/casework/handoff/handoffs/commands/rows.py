"""The rows that every command on a hand-off locks, notes and tells about."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from services.casework.handoff.deadlines.commands import ClockSet, StartClock
from services.casework.handoff.deadlines.domain import ClockKind
from services.casework.handoff.handoffs import facts, repository
from services.casework.handoff.handoffs.messages import HandoffChanged, HandoffStart
from services.casework.handoff.handoffs.tables import Handoff, HandoffGroup
from services.casework.office.directory.domain import CaseworkPack, Clock
from services.chassis.database import UnitOfWork
from services.chassis.errors import NotFound


async def locked(handoff_id: UUID, uow: UnitOfWork) -> tuple[HandoffGroup, Handoff]:
    """A hand-off and its group, both locked, the group first. Raises ``NotFound``."""
    group_id = await repository.group_of_handoff(uow, handoff_id)
    group = await repository.group(uow, group_id) if group_id else None
    if group is None:
        raise NotFound(kind="handoffs")
    return group, await uow.locked(Handoff, handoff_id)


def rules_of(handoff: Handoff, pack: CaseworkPack) -> Clock:
    """How long the pack gives the receiver for this purpose, in a case of this urgency."""
    return pack.clock(handoff.purpose, handoff.to_agency, handoff.urgency)


def receivers_clock(handoff: Handoff, rules: Clock) -> StartClock:
    """News of the work is due from the receiver, every hour counted; other clocks of its replace what differs."""
    return StartClock(
        ClockKind.STATUS_BY,
        handoff.to_agency,
        handoff.to_agency,
        handoff.to_desk,
        rules.status_every,
        rules.ladder,
        in_working_time=False,
    )


def senders_clock(kind: ClockKind, within: timedelta, handoff: Handoff, rules: Clock, pack: CaseworkPack) -> StartClock:
    """The sender must act within its first desk's working time."""
    sender = pack.agency(handoff.from_agency)
    return StartClock(kind, sender.code, sender.code, sender.desks[0].code, within, rules.ladder)


def note_next_due(handoff: Handoff, clocks: ClockSet) -> dict[str, Any]:
    """Keep in the row which clock is due first, for the inbox; answers the columns."""
    due = clocks.next_due()
    found: dict[str, Any] = {"clock": due.kind if due else None, "due_at": due.due_at if due else None}
    for name, value in found.items():
        setattr(handoff, name, value)
    return found


def tell(handoff: Handoff, what: str, at: datetime, uow: UnitOfWork) -> None:
    """Both agencies' feeds, and the workflow that keeps the clocks."""
    item = facts.feed_item(handoff, what, at)
    for agency in dict.fromkeys((handoff.to_agency, handoff.from_agency)):
        uow.feed(agency, item, about=handoff)
    wake(handoff, uow)


def wake(handoff: Handoff, uow: UnitOfWork) -> None:
    """Let the workflow that keeps the clocks look again."""
    uow.signal(
        "HandoffWorkflow",
        f"handoff:{handoff.id}",
        "handoff_changed",
        HandoffChanged(),
        start=HandoffStart(handoff_id=handoff.id, district=handoff.district),
        about=handoff,
    )
