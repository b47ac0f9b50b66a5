"""Who belongs to the office. Pure functions."""

from services.chassis.principal import Principal

OFFICE_ROLES = frozenset({"caseworker", "duty-officer", "section-head", "auditor", "operator"})

WORKERS = frozenset({"caseworker", "duty-officer", "section-head"})
"""Whoever works on cases at the office; the others of it look on."""


def is_of_the_office(principal: Principal, office: str) -> bool:
    """Staff of the office see everything of their district; everybody else their agency's slice."""
    return principal.agency == office and bool(principal.roles & OFFICE_ROLES)
