"""Who may record and see custody, and whose names. Pure functions."""

from services.casework.office.directory.access import OFFICE_ROLES, is_of_the_office
from services.chassis.errors import Forbidden, NotFound
from services.chassis.principal import Principal

PERMISSIONS: dict[str, frozenset[str]] = {
    "custody:read": frozenset({"agency", "desk-officer"}) | OFFICE_ROLES,
    "custody:record": frozenset({"agency", "desk-officer", "caseworker", "duty-officer", "section-head"}),
}
READS_NAMES = frozenset({"desk-officer", "caseworker", "duty-officer", "section-head"})
"""Whoever keeps the systems or the books needs no name to do so."""


class NotYourCustody(Forbidden):
    """Neither the one who gave nor the one who took."""

    text = "Serah terima ini tidak melibatkan instansi Anda."
    advice = "Minta pihak yang menyerahkan atau menerima, atau kantor, untuk mencatatnya."


class OtherAgencysNight(Forbidden):
    """Who stays with another agency is for that agency and the office to know."""

    text = "Daftar ini hanya untuk instansi tersebut dan kantor."


def check_recorder(principal: Principal, office: str, giver: str | None, taker: str, *, knows_the_case: bool) -> None:
    """Let the office record any hand-over, an agency those that it gave or took in cases it has a part in.

    Raises ``NotFound`` to whoever has no part in the case, and ``NotYourCustody``.
    """
    if principal.is_system or is_of_the_office(principal, office):
        return
    if not knows_the_case:
        raise NotFound(kind="cases")
    if principal.agency not in (giver, taker):
        raise NotYourCustody


def may_prove(principal: Principal, office: str, giver: str | None, taker: str) -> bool:
    """The parties and the office may hand in the signed paper later."""
    return principal.is_system or is_of_the_office(principal, office) or principal.agency in (giver, taker)


def check_night(principal: Principal, agency: str) -> None:
    """Raise ``OtherAgencysNight`` when somebody who is not of the office asks about another agency's night."""
    is_machine_or_desk = principal.is_machine or not principal.roles & OFFICE_ROLES
    if agency != principal.agency and is_machine_or_desk:
        raise OtherAgencysNight


def may_read_name(principal: Principal, custodian: str) -> bool:
    """A name is for whoever has the person in hand and for the office that leads the case.

    The agency that gave the person away does not read it any more (children, `handoff.md` §6).
    """
    if not principal.roles & READS_NAMES:
        return False
    return principal.agency == custodian or bool(principal.roles & OFFICE_ROLES)
