"""Who may read a package's values, and who may see who did. Pure functions."""

from services.casework.office.directory.access import OFFICE_ROLES
from services.chassis.errors import Forbidden
from services.chassis.principal import Principal

PERMISSIONS: dict[str, frozenset[str]] = {
    "package:read": frozenset({"agency", "desk-officer"}) | OFFICE_ROLES,
    "package-readers:read": frozenset({"agency", "desk-officer"}) | OFFICE_ROLES,
}
READS_VALUES = frozenset({"agency", "desk-officer", "caseworker", "duty-officer", "section-head"})
"""Whoever keeps the systems or the books sees which fields left and why, and needs no value to do so."""


class ReadersAreNotYours(Forbidden):
    """Who opened a package is for its sender and the office's auditors."""

    text = "Daftar pembaca hanya untuk pengirim dan auditor kantor."
    advice = "Minta pengirim atau auditor kantor bila perlu mengetahuinya."


def may_read_values(principal: Principal) -> bool:
    """Whether the caller's work is with the person."""
    return bool(principal.roles & READS_VALUES)


def check_may_see_readers(principal: Principal, from_agency: str) -> None:
    """Raise ``ReadersAreNotYours`` to everybody but the sender and the office's auditors."""
    is_auditor = not principal.is_machine and "auditor" in principal.roles
    if principal.agency != from_agency and not is_auditor:
        raise ReadersAreNotYours
