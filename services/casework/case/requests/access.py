"""Who gives tasks by hand. Pure data."""

from services.casework.office.directory.access import WORKERS

PERMISSIONS: dict[str, frozenset[str]] = {"task:open": WORKERS}
