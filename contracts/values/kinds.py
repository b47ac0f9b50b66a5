"""The kinds of need that a report can name, and how urgent it is: what intake asks and what cases answer to."""

from collections.abc import Mapping
from enum import StrEnum


class Kind(StrEnum):
    """What kind of need the reporter sees: a guess that casework checks."""

    ODGJ = "ODGJ"
    GEPENG = "GEPENG"
    ORANG_TERLANTAR = "ORANG_TERLANTAR"
    LANSIA_TERLANTAR = "LANSIA_TERLANTAR"
    ANAK_TERLANTAR = "ANAK_TERLANTAR"
    BENCANA = "BENCANA"


class Urgency(StrEnum):
    """Triage guess of the reporter."""

    EMERGENCY = "EMERGENCY"
    URGENT = "URGENT"
    NORMAL = "NORMAL"


KIND_TEXTS: Mapping[Kind, str] = {
    Kind.ODGJ: "Orang dengan gangguan jiwa",
    Kind.GEPENG: "Gelandangan atau pengemis",
    Kind.ORANG_TERLANTAR: "Orang terlantar",
    Kind.LANSIA_TERLANTAR: "Lanjut usia terlantar",
    Kind.ANAK_TERLANTAR: "Anak terlantar",
    Kind.BENCANA: "Korban bencana",
}
"""What people call each kind."""

CASE_TYPE_GUESS: Mapping[Kind, str] = {kind: kind.value for kind in Kind} | {Kind.ODGJ: "ODGJ_TERLANTAR"}
"""The type of case that a kind is taken for as long as no type in casework answers to it."""
