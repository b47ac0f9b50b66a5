"""Who may revoke what was recorded as having happened. Pure data."""

PERMISSIONS: dict[str, frozenset[str]] = {
    "case:propose-revocation": frozenset({"caseworker", "duty-officer", "section-head"}),
    "case:decide-revocation": frozenset({"section-head"}),
}
