"""Who may do and see what with cases. Pure data."""

PERMISSIONS: dict[str, frozenset[str]] = {
    "case:read": frozenset({"caseworker", "duty-officer", "section-head", "auditor", "operator"}),
    "case:act": frozenset({"caseworker", "duty-officer", "section-head"}),
}
