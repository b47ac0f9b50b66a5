"""What was recorded did not happen: who says so, who confirms, and what comes back. Pure functions."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from services.casework.case.occurrences.domain.dispositions import Item
from services.chassis.errors import Conflict, Forbidden


class RevocationReason(StrEnum):
    """Why what was recorded did not happen."""

    WRONG_PERSON = "WRONG_PERSON"
    WRONGLY_TOLD = "WRONGLY_TOLD"
    ENTERED_IN_ERROR = "ENTERED_IN_ERROR"


class RevocationState(StrEnum):
    """Where a revocation stands."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    REFUSED = "refused"


class RevocationIsProposed(Conflict):
    """One at a time."""

    text = "Sudah ada pencabutan yang menunggu keputusan."
    legal_kind = "revocation_move"


class RevocationIsDecided(Conflict):
    """Confirmed or refused already."""

    text = "Pencabutan ini sudah diputuskan."


class NotTheLastOccurrence(Conflict):
    """What happened later rests on it: the last that stands is revoked first."""

    text = "Hanya kejadian terakhir yang masih berlaku yang dapat dicabut."
    advice = "Cabut dahulu kejadian yang dicatat sesudahnya."
    legal_kind = "occurrence"


class SecondPersonIsNeeded(Forbidden):
    """Whoever asks does not confirm."""

    text = "Pencabutan kejadian harus disetujui orang lain."
    advice = "Minta kepala bidang yang bukan pengusul."


@dataclass(frozen=True, slots=True)
class Undone:
    """A consequence of a revoked occurrence; ``is_back`` false: people decide about it."""

    item: Item
    id: UUID
    name: str
    party: str
    is_back: bool
