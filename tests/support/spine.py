"""The spine as a service's first migration makes it."""

from pathlib import Path

VERSIONS = Path(__file__).parents[2] / "services"


def spine_of(service: str) -> str:
    """The part of a service's first migration that every service has: one script for the migrator's role."""
    script = (VERSIONS / service / "migrations" / "versions" / "0001_initial.sql").read_text()
    spine, mark, _ = script.partition(f"-- Of {service} alone.")
    assert mark, "the first migration no longer says where the spine ends"
    return spine
