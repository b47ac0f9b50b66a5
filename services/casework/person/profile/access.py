"""Who is told who somebody is. Pure functions."""

from services.chassis.principal import Principal

KNOWS_WHO = frozenset({"caseworker", "duty-officer", "section-head"})
"""Whoever works on cases at the office; others who have a task are told what was seen, which names nobody."""


def may_know_who(principal: Principal) -> bool:
    """Whether name, number and other cases of a person are told; roles of the office hold at the office alone."""
    return bool(principal.roles & KNOWS_WHO)
