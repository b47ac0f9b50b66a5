"""Who may look after the hand-offs of an agency that closes. Pure data."""

PERMISSIONS: dict[str, frozenset[str]] = {
    "closure:read": frozenset({"caseworker", "duty-officer", "section-head", "auditor", "operator"}),
    "closure:write": frozenset({"duty-officer", "section-head"}),
}
