"""Who may do what with tasks. Pure data."""

PERMISSIONS: dict[str, frozenset[str]] = {
    "task:complete": frozenset({"agency", "desk-officer", "caseworker", "duty-officer", "section-head"}),
    "task:read": frozenset({"agency", "desk-officer", "caseworker", "duty-officer", "section-head", "auditor"}),
}
