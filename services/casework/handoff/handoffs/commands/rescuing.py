"""What the sender or its office does with a hand-off that is stuck: ask the same desk again, another one, or nobody."""

from dataclasses import dataclass
from uuid import UUID

from services.casework.handoff.deadlines.commands import deadlines_of
from services.casework.handoff.deadlines.domain import DeadlineKind
from services.casework.handoff.handoffs import access, domain, facts, repository
from services.casework.handoff.handoffs.commands.applying import MoveHandoff, end_for_system
from services.casework.handoff.handoffs.commands.groups import ask_next, end_exhausted, follow, is_no_place_for
from services.casework.handoff.handoffs.commands.rows import check_act, locked, standing, tell
from services.casework.handoff.handoffs.domain import Act, HandoffState, Move
from services.casework.handoff.handoffs.tables import Handoff
from services.casework.office.directory.queries import pack_in_force
from services.casework.office.matters.domain import AboutKind
from services.casework.office.rosters.queries import phones_on_duty
from services.casework.person.custody.repository import locked_chain
from services.chassis.database import UnitOfWork


async def resend(handoff_id: UUID, uow: UnitOfWork) -> Handoff:
    """Tell the desk once more of the same request: a fresh message and line of the feed; no deadline changes.

    Raises ``NotFound``, ``NotYourMove``, ``HandoffCannotMove`` when it was answered.
    """
    _, handoff = await locked(handoff_id, uow)
    access.side_of(uow.principal, handoff.from_agency, handoff.to_agency, domain.RESCUERS)
    await check_act(handoff, Act.RESEND, uow)
    pack = await pack_in_force(uow, handoff.district)
    deadlines = await deadlines_of(AboutKind.HANDOFF, handoff, pack, uow)
    on_duty = await phones_on_duty(handoff.to_agency, handoff.to_desk, pack, uow)
    uow.change(handoff, "resend")
    uow.publish(facts.handoff_resent(handoff, deadlines.due_of(DeadlineKind.ANSWER_BY), on_duty), about=handoff)
    tell(handoff, "resent", await uow.now(), uow)
    return handoff


@dataclass(frozen=True, slots=True)
class Redirect:
    """Ask another agency instead; without ``to_agency`` the next candidate.

    ``has_closed``: the receiver has closed, so that nobody is there to consent.
    """

    handoff_id: UUID
    reason_code: str
    to_agency: str | None = None
    has_closed: bool = False


async def redirect(command: Redirect, uow: UnitOfWork) -> Handoff:
    """End a hand-off with its reason and ask another agency for the same step, with fresh deadlines.

    The group stays the same, so that the procedure's step ends with whoever completes it. Answers the hand-off that
    ended. Raises ``NotFound``, ``NotYourMove``, ``AgencyIsUnknown``, ``PurposeHasNoSlaRule``, ``AdultsOnly``,
    ``ConsentIsNeeded`` after a firm yes, ``PersonIsThere``, ``HandoffCannotMove`` when its work has ended.
    """
    group, handoff = await locked(command.handoff_id, uow)
    move = await _giving_up(handoff, Act.REDIRECT, uow, has_closed=command.has_closed)
    pack = await pack_in_force(uow, handoff.district)
    if command.to_agency is not None:
        pack.sla_rule(handoff.purpose, pack.agency(command.to_agency).code, handoff.urgency)
        if await is_no_place_for(handoff.person_id, command.to_agency, pack, uow):
            raise domain.AdultsOnly(())
    await end_for_system(handoff, MoveHandoff(handoff.id, move, reason_code=command.reason_code), pack, uow)
    if group.won_by == handoff.to_agency:
        uow.change(group, "reopen", reason=command.reason_code, won_by=None)
    waiting = [other for other in await repository.undecided_of_group(uow, group.id) if other.id != handoff.id]
    if command.to_agency in {other.to_agency for other in waiting}:
        return handoff
    if command.to_agency is not None:
        ahead = [code for code in group.candidates[group.asked :] if code != command.to_agency]
        candidates = [*group.candidates[: group.asked], command.to_agency, *ahead]
        uow.change(group, "redirect", reason=command.reason_code, candidates=candidates)
    is_asked = await ask_next(group, pack, uow, spare_reserves=command.to_agency is not None)
    if not is_asked and not waiting:
        await end_exhausted(group, handoff, uow)
    return handoff


async def withdraw(handoff_id: UUID, reason_code: str, uow: UnitOfWork, *, has_closed: bool = False) -> Handoff:
    """Nobody is asked any more: the hand-off ends with its reason, and with the last one its step.

    Raises ``NotFound``, ``NotYourMove``, ``ConsentIsNeeded`` after a firm yes unless the receiver ``has_closed``,
    ``PersonIsThere``, ``HandoffCannotMove`` when its work has ended.
    """
    group, handoff = await locked(handoff_id, uow)
    move = await _giving_up(handoff, Act.WITHDRAW, uow, has_closed=has_closed)
    pack = await pack_in_force(uow, handoff.district)
    await end_for_system(handoff, MoveHandoff(handoff.id, move, reason_code=reason_code), pack, uow)
    await follow(group, handoff, MoveHandoff(handoff.id, Move.EXPIRE, reason_code=reason_code), pack, uow)
    return handoff


async def _giving_up(handoff: Handoff, act: Act, uow: UnitOfWork, *, has_closed: bool) -> Move:
    """The move by which the hand-off ends without its receiver, if the caller may make it."""
    access.side_of(uow.principal, handoff.from_agency, handoff.to_agency, domain.RESCUERS)
    move = domain.giving_up(handoff.state, handoff.held_state)
    now = await standing(handoff, uow)
    legal = access.everything_now(uow.principal, handoff, now)
    if move is None:
        raise domain.HandoffCannotMove(legal, state=handoff.state)
    is_under_way = (handoff.held_state or handoff.state) in (HandoffState.ARRIVED, HandoffState.IN_PROGRESS)
    if handoff.arrived_at is not None and is_under_way:
        chain = await locked_chain(uow, handoff.person_id)
        if any(custody.until is None and custody.agency == handoff.to_agency for custody in chain):
            raise domain.PersonIsThere(legal, state=handoff.state)
    if not has_closed:
        await check_act(handoff, act, uow, domain.ConsentIsNeeded if now.is_promised else domain.HandoffCannotMove)
    return move
