"""Who may do what with reports. Pure data."""

PERMISSIONS: dict[str, frozenset[str]] = {
    "report:create": frozenset({"agency", "caseworker", "duty-officer", "section-head"}),
    "report:read": frozenset({"agency", "caseworker", "duty-officer", "section-head", "auditor"}),
    "report:decide": frozenset({"caseworker", "duty-officer", "section-head"}),
    "operation:create": frozenset({"reporter-agency"}),
    "operation:read": frozenset({"reporter-agency", "caseworker", "duty-officer", "section-head", "auditor"}),
}
