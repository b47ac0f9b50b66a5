"""Who may do and see what with cases. Pure data."""

from services.casework.office.directory.access import WORKERS

PERMISSIONS: dict[str, frozenset[str]] = {
    "case:read": frozenset({"caseworker", "duty-officer", "section-head", "auditor", "operator"}),
    "case:act": WORKERS,
}
