"""Who may see and explain findings. Pure functions."""

from services.casework.office.directory.access import OFFICE_ROLES, is_of_the_office
from services.chassis.principal import Principal

PERMISSIONS: dict[str, frozenset[str]] = {
    "finding:read": frozenset({"agency", "desk-officer"}) | OFFICE_ROLES,
    "finding:explain": frozenset({"agency", "desk-officer", "caseworker", "duty-officer", "section-head"}),
}


def may_see(principal: Principal, owner: str, office: str) -> bool:
    """The office sees every finding of its district, an agency those that it owns."""
    return principal.is_system or principal.agency == owner or is_of_the_office(principal, office)
