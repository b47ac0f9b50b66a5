"""Who may record and see custody, and whose names. Pure functions."""

from collections.abc import Collection

from services.casework.office.directory.access import OFFICE_ROLES, is_of_the_office
from services.casework.person.custody.domain import ClaimSide
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


def speaks_against_custodian(principal: Principal, office: str, holder: str | None, taker: str) -> bool:
    """Whether somebody else than the custodian and the office says that the person left the custodian's hands.

    ``holder``: the agency that had the person then; nothing when nobody did who could speak.
    """
    if principal.is_system or is_of_the_office(principal, office):
        return False
    return holder is not None and holder not in (taker, principal.agency)


def claim_sides(principal: Principal, office: str, against: str) -> list[ClaimSide]:
    """On which sides the caller may answer a claim; the office's own word goes before its word as custodian."""
    found = [ClaimSide.OFFICE] if principal.is_system or is_of_the_office(principal, office) else []
    return found + ([ClaimSide.CUSTODIAN] if principal.agency == against else [])


def may_see_claim(principal: Principal, office: str, sides: Collection[str]) -> bool:
    """Whoever said it, the custodian against whom it was said, and the office, which decides."""
    return is_of_the_office(principal, office) or principal.agency in sides


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
