"""Who may decide that somebody is an adult. Pure data."""

from services.casework.office.directory.access import WORKERS

PERMISSIONS: dict[str, frozenset[str]] = {
    "case:propose-adulthood": WORKERS,
    "case:decide-adulthood": frozenset({"section-head"}),
    "case:protect-again": WORKERS,
}
