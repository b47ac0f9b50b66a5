"""Who may decide that somebody is an adult. Pure data."""

PERMISSIONS: dict[str, frozenset[str]] = {
    "case:propose-adulthood": frozenset({"caseworker", "duty-officer", "section-head"}),
    "case:decide-adulthood": frozenset({"section-head"}),
    "case:protect-again": frozenset({"caseworker", "duty-officer", "section-head"}),
}
