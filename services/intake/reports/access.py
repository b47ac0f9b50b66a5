"""Who may do what with reports."""

from services.chassis.principal import Principal

PERMISSIONS: dict[str, frozenset[str]] = {
    "report:create": frozenset({"agency", "caseworker", "duty-officer", "section-head"}),
    "report:read": frozenset({"agency", "caseworker", "duty-officer", "section-head", "auditor"}),
    "report:decide": frozenset({"caseworker", "duty-officer", "section-head"}),
    "operation:create": frozenset({"reporter-agency"}),
    "operation:read": frozenset({"reporter-agency", "caseworker", "duty-officer", "section-head", "auditor"}),
}


def is_office(caller: Principal) -> bool:
    """Whether somebody decides on reports: they alone are told what other agencies reported."""
    return bool(caller.roles & PERMISSIONS["report:decide"])
