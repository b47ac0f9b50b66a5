"""Who may see messages. Pure data."""

PERMISSIONS: dict[str, frozenset[str]] = {
    "message:read": frozenset({"operator", "auditor", "caseworker", "section-head"}),
}
