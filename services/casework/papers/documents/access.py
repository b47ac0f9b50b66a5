"""Who may hand in and open documents. Pure functions."""

from services.casework.office.directory.access import OFFICE_ROLES
from services.chassis.errors import Forbidden, NotFound
from services.chassis.principal import Principal

PERMISSIONS: dict[str, frozenset[str]] = {
    "document:write": frozenset({"agency", "desk-officer", "caseworker", "duty-officer", "section-head"}),
    "document:read": frozenset({"agency", "desk-officer"}) | OFFICE_ROLES,
}
READS_CONTENT = frozenset({"agency", "desk-officer", "caseworker", "duty-officer", "section-head"})
"""Whoever keeps the systems or the books needs no paper with a name on it to do so."""


class DocumentIsNotForYou(Forbidden):
    """It names somebody whom this reader need not know."""

    text = "Isi berkas ini bukan untuk Anda."
    advice = "Minta petugas yang menangani orangnya bila perlu mengetahuinya."


class PurposeHasEnded(Forbidden):
    """What it was sent for is over: the receiver reads it no longer."""

    text = "Keperluan berkas ini sudah berakhir."
    advice = "Minta kantor pengelola perkara bila berkas ini masih diperlukan."


def check_purpose(principal: Principal, from_agency: str, *, is_open: bool, is_draft: bool) -> None:
    """Raise ``PurposeHasEnded`` to a receiver after the end, and ``NotFound`` before anything was sent.

    The sender keeps its file.
    """
    if principal.is_system or principal.agency == from_agency:
        return
    if is_draft:
        raise NotFound(kind="documents")
    if not is_open:
        raise PurposeHasEnded


def check_party(principal: Principal, from_agency: str, to_agency: str) -> None:
    """Raise ``NotFound`` to whoever is neither sender nor receiver of the hand-off."""
    if not principal.is_system and principal.agency not in (from_agency, to_agency):
        raise NotFound(kind="documents")


def check_reader(principal: Principal, *, named_child_was_apprehended: bool) -> None:
    """Raise ``DocumentIsNotForYou`` to who does not work with the person, and to who took a child off the street.

    Source: `handoff.md` §6.
    """
    if named_child_was_apprehended or not principal.roles & READS_CONTENT:
        raise DocumentIsNotForYou
