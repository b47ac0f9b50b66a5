"""Who writes and reads notes of which kind. Pure functions."""

from collections.abc import Mapping

from services.casework.case.notes.domain import NoteKind
from services.casework.office.directory.access import WORKERS
from services.chassis.errors import Forbidden
from services.chassis.principal import Principal

PERMISSIONS: dict[str, frozenset[str]] = {"note:read": WORKERS, "note:write": WORKERS}
READERS: Mapping[NoteKind, frozenset[str]] = {
    NoteKind.VISIT: WORKERS,
    NoteKind.CALL: WORKERS,
    NoteKind.REMARK: WORKERS,
    NoteKind.SUPERVISION: frozenset({"section-head"}),
}
"""Whoever reads a kind writes it, too."""


class KindIsNotYours(Forbidden):
    """A confidential kind of note."""

    text = "Catatan jenis ini bukan untuk peran Anda."
    advice = "Pilih jenis catatan lain."


def kinds_of(principal: Principal) -> list[NoteKind]:
    """The kinds that somebody reads and writes."""
    return [kind for kind in NoteKind if principal.roles & READERS[kind]]


def check_kind(principal: Principal, kind: NoteKind) -> None:
    """Raise ``KindIsNotYours``."""
    if kind not in kinds_of(principal):
        raise KindIsNotYours
