"""Who may do and see what with hand-offs. Pure functions."""

from services.casework.handoffs.domain import Move, NotYourMove, Side
from services.chassis.errors import NotFound
from services.chassis.principal import Principal

OFFICE_ROLES = frozenset({"caseworker", "duty-officer", "section-head", "auditor", "operator"})

PERMISSIONS: dict[str, frozenset[str]] = {
    "feed:read": frozenset({"agency"}),
    "handoff:read": frozenset({"agency", "desk-officer"}) | OFFICE_ROLES,
    "handoff:answer": frozenset({"agency", "desk-officer", "caseworker", "duty-officer", "section-head"}),
    "handoff:claim": frozenset({"desk-officer", "caseworker", "duty-officer", "section-head"}),
    "handoff:send": frozenset({"agency", "desk-officer", "caseworker", "duty-officer", "section-head"}),
}


def is_of_the_office(principal: Principal, office: str) -> bool:
    """Staff of the office see every hand-off of their district; everybody else their agency's slice."""
    return principal.agency == office and bool(principal.roles & OFFICE_ROLES)


def side_of(principal: Principal, from_agency: str, to_agency: str, wanted: Side) -> Side:
    """The side on which the caller stands for a move.

    Raises ``NotFound`` to whoever is no party (that it exists is none of their business) and ``NotYourMove`` to the
    other party.
    """
    if principal.is_system:
        return wanted
    parties = {Side.RECEIVER: to_agency, Side.SENDER: from_agency}
    if principal.agency not in parties.values():
        raise NotFound(kind="handoffs")
    if parties.get(wanted) != principal.agency:
        raise NotYourMove
    return wanted


def sides(principal: Principal, from_agency: str, to_agency: str) -> list[Side]:
    """The sides on which the caller stands at all."""
    return [s for s, agency in ((Side.RECEIVER, to_agency), (Side.SENDER, from_agency)) if agency == principal.agency]


def may_move(principal: Principal, move: Move) -> bool:
    """Whether the caller's roles include this kind of move."""
    permission = "handoff:send" if move in (Move.CLOSE, Move.CANCEL) else "handoff:answer"
    return principal.is_system or bool(principal.roles & PERMISSIONS[permission])
