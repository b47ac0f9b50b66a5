"""Who may look for people. Pure data."""

from services.casework.office.directory.access import WORKERS

PERMISSIONS: dict[str, frozenset[str]] = {"person:search": WORKERS}
