"""Who may make letters and see them. Pure functions."""

from services.casework.office.directory.access import OFFICE_ROLES, WORKERS
from services.chassis.errors import Forbidden
from services.chassis.principal import Principal

PERMISSIONS: dict[str, frozenset[str]] = {
    "letter:write": WORKERS,
    "letter:read": frozenset({"agency", "desk-officer"}) | OFFICE_ROLES,
}


class LetterIsTheOffices(Forbidden):
    """Letters bear the office's head; nobody else writes them."""

    text = "Surat dinas hanya dibuat oleh kantor yang tertera pada kopnya."


def check_writer(principal: Principal, office: str) -> None:
    """Raise ``LetterIsTheOffices`` to everybody who is not of the office."""
    if principal.agency != office:
        raise LetterIsTheOffices
