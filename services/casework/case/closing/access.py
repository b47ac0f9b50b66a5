"""Who may force a case to close. Pure data."""

from services.casework.office.directory.access import WORKERS

PERMISSIONS: dict[str, frozenset[str]] = {
    "case:propose-forced-closing": WORKERS,
    "case:decide-forced-closing": frozenset({"section-head"}),
}
