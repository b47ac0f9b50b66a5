"""Who may look for people. Pure data."""

PERMISSIONS: dict[str, frozenset[str]] = {"person:search": frozenset({"caseworker", "duty-officer", "section-head"})}
