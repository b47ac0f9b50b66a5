"""Who may say and see what an operation's paper counts. Pure functions."""

from services.casework.office.directory.access import OFFICE_ROLES, is_of_the_office
from services.chassis.errors import Forbidden
from services.chassis.principal import Principal

PERMISSIONS: dict[str, frozenset[str]] = {
    "operation:read": frozenset({"agency", "desk-officer"}) | OFFICE_ROLES,
    "operation:count": frozenset({"agency", "desk-officer", "caseworker", "duty-officer", "section-head"}),
}


class NotYourCount(Forbidden):
    """A count is said by the party that gave or took, or by the office for it."""

    text = "Jumlah ini harus disebut oleh pihak yang menyerahkan atau menerima."


def check_counter(principal: Principal, office: str, speaker: str) -> None:
    """Raise ``NotYourCount`` unless the caller is the party that says the number, or of the office."""
    if not (principal.is_system or principal.agency == speaker or is_of_the_office(principal, office)):
        raise NotYourCount
