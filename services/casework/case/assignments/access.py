"""Who takes and hands on cases. Pure data."""

from services.casework.office.directory.access import WORKERS

PERMISSIONS: dict[str, frozenset[str]] = {
    "case:assign": WORKERS,
    "case:hand-over-all": frozenset({"duty-officer", "section-head"}),
}
