"""Who may force a case to close. Pure data."""

PERMISSIONS: dict[str, frozenset[str]] = {
    "case:propose-forced-closing": frozenset({"caseworker", "duty-officer", "section-head"}),
    "case:decide-forced-closing": frozenset({"section-head"}),
}
