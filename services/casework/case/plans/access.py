"""Who assesses and plans, and who signs a plan. Pure data."""

from services.casework.office.directory.access import WORKERS

PERMISSIONS: dict[str, frozenset[str]] = {
    "plan:read": WORKERS,
    "plan:write": WORKERS,
    "plan:decide": frozenset({"section-head"}),
}
