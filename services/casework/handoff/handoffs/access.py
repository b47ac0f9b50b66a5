"""Who may do and see what with hand-offs. Pure functions."""

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from services.casework.handoff.handoffs import domain
from services.casework.handoff.handoffs.domain import SIDES, Act, Circumstances, Move, NotYourMove, Side
from services.casework.office.directory.access import OFFICE_ROLES, WORKERS
from services.chassis.errors import NotFound
from services.chassis.principal import Principal

DUTY_ROLES = frozenset({"duty-officer", "section-head"})
"""Who of the office may put any hand-off of the district on hold, and write down what an agency said by phone."""

PERMISSIONS: dict[str, frozenset[str]] = {
    "feed:read": frozenset({"agency"}),
    "handoff:read": frozenset({"agency", "desk-officer"}) | OFFICE_ROLES,
    "handoff:answer": frozenset({"agency", "desk-officer", "caseworker", "duty-officer", "section-head"}),
    "handoff:claim": frozenset({"desk-officer", "caseworker", "duty-officer", "section-head"}),
    "handoff:speak": WORKERS,
    "handoff:open": WORKERS,
    "roster:write": frozenset({"desk-officer", "duty-officer", "section-head"}),
    "roster:read": frozenset({"desk-officer"}) | OFFICE_ROLES,
    "handoff:send": frozenset({"agency", "desk-officer", "caseworker", "duty-officer", "section-head"}),
}


class Parties(Protocol):
    """What of a hand-off says who may do what with it."""

    from_agency: str
    to_agency: str
    state: str
    held_state: str | None


PERMISSION_OF: dict[Act, str] = {
    **dict.fromkeys((Act.ASK, Act.REPORT, Act.RESERVE, Act.CONFIRM), "handoff:answer"),
    **dict.fromkeys((Act.REPLY, Act.RESEND, Act.REDIRECT, Act.WITHDRAW), "handoff:send"),
}


def side_of(principal: Principal, from_agency: str, to_agency: str, wanted: Collection[Side]) -> Side:
    """The side on which the caller stands for a move that these sides may make.

    Raises ``NotFound`` to whoever is no party (that it exists is none of their business) and ``NotYourMove`` to the
    other party.
    """
    if principal.is_system:
        return next(iter(wanted))
    mine = [side for side in sides(principal, from_agency, to_agency) if side in wanted]
    if mine:
        return mine[0]
    is_party = principal.agency in (from_agency, to_agency)
    if not is_party and (principal.is_machine or not principal.roles & OFFICE_ROLES):
        raise NotFound(kind="handoffs")
    raise NotYourMove


def sides(principal: Principal, from_agency: str, to_agency: str) -> list[Side]:
    """The sides on which the caller stands at all."""
    found = [s for s, agency in ((Side.RECEIVER, to_agency), (Side.SENDER, from_agency)) if agency == principal.agency]
    return found + ([Side.OFFICER] if principal.roles & DUTY_ROLES else [])


def check_is_party(principal: Principal, from_agency: str, to_agency: str) -> None:
    """Raises ``NotFound`` to whoever is neither sender nor receiver."""
    if not principal.is_system and principal.agency not in (from_agency, to_agency):
        raise NotFound(kind="handoffs")


def stands_with_sender(principal: Principal, from_agency: str) -> bool:
    """Whether the caller may know who else was asked: the sender and its office, never a candidate."""
    return principal.agency == from_agency or (not principal.is_machine and bool(principal.roles & OFFICE_ROLES))


def may_move(principal: Principal, move: Move) -> bool:
    """Whether the caller's roles include this kind of move."""
    is_senders = Side.RECEIVER not in SIDES[move]
    permission = "handoff:send" if is_senders else "handoff:answer"
    return principal.is_system or bool(principal.roles & PERMISSIONS[permission])


def legal_now(principal: Principal, handoff: Parties, now: Circumstances) -> list[str]:
    """The moves that a command would take from the caller now, on every side on which they stand."""
    legal = [
        move
        for side in sides(principal, handoff.from_agency, handoff.to_agency)
        for move in domain.legal_now(handoff.state, side, now)
        if may_move(principal, Move(move))
    ]
    return list(dict.fromkeys(legal))


def acts_now(principal: Principal, handoff: Parties, now: Circumstances) -> list[str]:
    """What the caller can say now beside the moves."""
    acts = [
        act.value
        for side in sides(principal, handoff.from_agency, handoff.to_agency)
        for act in domain.acts_now(handoff.state, side, now, handoff.held_state)
        if principal.is_system or principal.roles & PERMISSIONS[PERMISSION_OF[act]]
    ]
    return list(dict.fromkeys(acts))


def everything_now(principal: Principal, handoff: Parties, now: Circumstances) -> list[str]:
    """Moves and words, as a refusal names them."""
    return legal_now(principal, handoff, now) + acts_now(principal, handoff, now)


def speakable_now(principal: Principal, handoff: Parties, now: Circumstances) -> list[str]:
    """The answers that the caller may write down for the receiver."""
    try:
        check_may_speak_for(principal, handoff.from_agency, handoff.to_agency)
    except (NotFound, NotYourMove):
        return []
    return [move for move in domain.legal_now(handoff.state, Side.RECEIVER, now) if move in domain.SPEAKABLE]


def check_may_speak_for(principal: Principal, from_agency: str, to_agency: str) -> None:
    """An officer of the asking office writes down what the other agency said by phone.

    Raises ``NotFound`` to whoever is no party, ``NotYourMove`` to the receiver itself and to machines.
    """
    is_party = principal.agency in (from_agency, to_agency)
    if not is_party and (principal.is_machine or not principal.roles & DUTY_ROLES):
        raise NotFound(kind="handoffs")
    if principal.is_machine or principal.agency == to_agency or not principal.roles & PERMISSIONS["handoff:speak"]:
        raise NotYourMove


def is_claimed_by_other(claimed_by: str | None, until: datetime | None, principal: Principal, now: datetime) -> bool:
    """Whether a colleague's claim holds."""
    return until is not None and until > now and claimed_by != principal.actor
