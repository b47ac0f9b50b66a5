"""The rows that every command on a hand-off locks, notes and tells about."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from services.casework.handoff.deadlines.commands import Deadlines, StartDeadline
from services.casework.handoff.deadlines.domain import DeadlineKind
from services.casework.handoff.handoffs import access, domain, facts, repository
from services.casework.handoff.handoffs.domain import Act, Circumstances, HandoffCannotMove
from services.casework.handoff.handoffs.messages import HandoffChanged, HandoffStart
from services.casework.handoff.handoffs.tables import Handoff, HandoffGroup
from services.casework.office.directory.domain import CaseworkPack, SlaRule
from services.chassis.database import UnitOfWork
from services.chassis.errors import Conflict, NotFound


async def locked(handoff_id: UUID, uow: UnitOfWork) -> tuple[HandoffGroup, Handoff]:
    """A hand-off and its group, both locked, the group first. Raises ``NotFound``."""
    group_id = await repository.group_of_handoff(uow, handoff_id)
    group = await repository.group(uow, group_id) if group_id else None
    if group is None:
        raise NotFound(kind="handoffs")
    return group, await uow.locked(Handoff, handoff_id)


async def standing(handoff: Handoff, uow: UnitOfWork) -> Circumstances:
    """What beside the state decides about a move or a word now."""
    beside = await repository.beside_of(uow, handoff.id)
    return domain.circumstances(handoff, beside, uow.principal.actor, await uow.now())


async def check_act(
    handoff: Handoff, act: Act, uow: UnitOfWork, refusal: type[Conflict] = HandoffCannotMove
) -> Circumstances:
    """Raise ``refusal``, naming all that the caller may do, unless the caller can say this now."""
    now = await standing(handoff, uow)
    if act.value not in access.acts_now(uow.principal, handoff, now):
        raise refusal(access.everything_now(uow.principal, handoff, now), state=handoff.state)
    return now


def rules_of(handoff: Handoff, pack: CaseworkPack) -> SlaRule:
    """How long the pack gives the receiver for this purpose, in a case of this urgency."""
    return pack.sla_rule(handoff.purpose, handoff.to_agency, handoff.urgency)


def receivers_deadline(handoff: Handoff, rules: SlaRule) -> StartDeadline:
    """News of the work is due from the receiver, every hour counted; other deadlines of its replace what differs."""
    return StartDeadline(
        DeadlineKind.STATUS_BY,
        handoff.to_agency,
        handoff.to_agency,
        handoff.to_desk,
        rules.status_every,
        rules.escalation_policy,
        in_working_time=False,
    )


def senders_deadline(
    kind: DeadlineKind, within: timedelta, handoff: Handoff, rules: SlaRule, pack: CaseworkPack
) -> StartDeadline:
    """The sender must act within its first desk's working time."""
    sender = pack.agency(handoff.from_agency)
    return StartDeadline(kind, sender.code, sender.code, sender.desks[0].code, within, rules.escalation_policy)


def note_next_due(handoff: Handoff, deadlines: Deadlines) -> dict[str, Any]:
    """Keep in the row which deadline is due first, for the inbox, and whether one is an emergency's.

    Answers the columns.
    """
    due = deadlines.next_due()
    found: dict[str, Any] = {
        "deadline": due.kind if due else None,
        "due_at": due.due_at if due else None,
        "is_emergency": handoff.is_emergency or any(running.is_emergency for running in deadlines.running()),
    }
    for name, value in found.items():
        setattr(handoff, name, value)
    return found


def tell(handoff: Handoff, what: str, at: datetime, uow: UnitOfWork) -> None:
    """Both agencies' feeds, and the workflow that keeps the deadlines."""
    item = facts.feed_item(handoff, what, at)
    for agency in dict.fromkeys((handoff.to_agency, handoff.from_agency)):
        uow.feed(agency, item, about=handoff)
    wake(handoff, uow)


def wake(handoff: Handoff, uow: UnitOfWork) -> None:
    """Let the workflow that keeps the deadlines look again."""
    uow.signal(
        "HandoffWorkflow",
        f"handoff:{handoff.id}",
        "handoff_changed",
        HandoffChanged(),
        start=HandoffStart(handoff_id=handoff.id, district=handoff.district),
        about=handoff,
    )
