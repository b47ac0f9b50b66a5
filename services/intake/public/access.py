"""As whom somebody acts who did not sign in, how often, and who decides on objections. Pure data and functions."""

from services.chassis.principal import Principal

PERMISSIONS: dict[str, frozenset[str]] = {
    "objection:decide": frozenset({"caseworker", "duty-officer", "section-head"}),
}
ANYBODY = "public:page"


def anybody(office: str, *districts: str) -> Principal:
    """Somebody unknown, taken in by the office as a call at its telephone would be."""
    return Principal(ANYBODY, office, frozenset(), districts)
