"""Who looks over the office's shoulder. Pure functions."""

from collections.abc import Sequence

PERMISSIONS: dict[str, frozenset[str]] = {
    "oversight:read": frozenset({"duty-officer", "section-head", "operator", "auditor"}),
    "audit:read": frozenset({"auditor"}),
}


def districts_within(offices: Sequence[str]) -> list[str]:
    """The districts of some offices as patterns of ``LIKE``: a province covers its districts, nobody covers none."""
    return [office[:5] if len(office) >= 5 else f"{office}.%" for office in offices]
