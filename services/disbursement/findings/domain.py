"""What people have to see to, and what they may decide about it. Pure functions."""

from collections.abc import Sequence
from enum import StrEnum
from uuid import UUID, uuid5

from services.chassis.errors import Conflict

FINDINGS = UUID("6f0c2a4e-3d7b-5a51-9c1e-7b1f2b7c1d05")
"""Namespace of findings: the same thing found twice is one finding."""


class FindingKind(StrEnum):
    """What does not match, or needs a decision."""

    PAYMENT_RETURNED = "PAYMENT_RETURNED"
    PAYMENT_UNKNOWN = "PAYMENT_UNKNOWN"
    AMOUNT_DIFFERS = "AMOUNT_DIFFERS"
    STATUS_CONTRADICTS = "STATUS_CONTRADICTS"
    LINE_UNREADABLE = "LINE_UNREADABLE"
    STATEMENT_UNREADABLE = "STATEMENT_UNREADABLE"
    LINE_MISSING = "LINE_MISSING"
    CREDITED_TWICE = "CREDITED_TWICE"
    CREDITED_LATE = "CREDITED_LATE"
    FILE_REFUSED = "FILE_REFUSED"
    HELD_TOO_LATE = "HELD_TOO_LATE"
    PERSON_PAID_TWICE = "PERSON_PAID_TWICE"


class ResolutionReason(StrEnum):
    """Why a finding is resolved so."""

    CHECKED = "CHECKED"
    ACCOUNT_CORRECTED = "ACCOUNT_CORRECTED"
    BANK_FIXED = "BANK_FIXED"
    BANK_CONFIRMED = "BANK_CONFIRMED"
    PAID_OTHERWISE = "PAID_OTHERWISE"
    NO_LONGER_DUE = "NO_LONGER_DUE"
    RECORDED_TWICE = "RECORDED_TWICE"


class Resolution(StrEnum):
    """What people decide about a finding."""

    PAY_AGAIN = "PAY_AGAIN"
    END_AID = "END_AID"
    SEND_AGAIN = "SEND_AGAIN"
    RECOVERY_ASKED = "RECOVERY_ASKED"
    ACCEPT_AMOUNT = "ACCEPT_AMOUNT"
    BANK_SAYS_UNPAID = "BANK_SAYS_UNPAID"
    RECOVERED = "RECOVERED"
    NOTED = "NOTED"


RESOLUTIONS: dict[FindingKind, tuple[Resolution, ...]] = {
    FindingKind.PAYMENT_RETURNED: (Resolution.PAY_AGAIN, Resolution.END_AID),
    FindingKind.PAYMENT_UNKNOWN: (Resolution.NOTED,),
    FindingKind.AMOUNT_DIFFERS: (Resolution.ACCEPT_AMOUNT,),
    FindingKind.CREDITED_TWICE: (Resolution.RECOVERED, Resolution.NOTED),
    FindingKind.CREDITED_LATE: (Resolution.RECOVERED, Resolution.NOTED),
    FindingKind.LINE_MISSING: (Resolution.BANK_SAYS_UNPAID,),
    FindingKind.STATEMENT_UNREADABLE: (Resolution.NOTED,),
    FindingKind.STATUS_CONTRADICTS: (Resolution.NOTED,),
    FindingKind.LINE_UNREADABLE: (Resolution.NOTED,),
    FindingKind.FILE_REFUSED: (Resolution.SEND_AGAIN,),
    FindingKind.PERSON_PAID_TWICE: (Resolution.RECOVERY_ASKED, Resolution.NOTED),
    FindingKind.HELD_TOO_LATE: (Resolution.RECOVERY_ASKED, Resolution.NOTED),
}
"""What may be decided about each kind of finding while it is open."""


class FindingIsResolved(Conflict):
    """Somebody decided already."""

    text = "Temuan ini sudah diselesaikan."


class ResolutionDoesNotFit(Conflict):
    """This kind of finding cannot be settled in that way."""

    text = "Penyelesaian ini tidak berlaku untuk jenis temuan tersebut."
    advice = "Pilih salah satu penyelesaian yang diperbolehkan."


def legal_resolutions(kind: str, *, is_open: bool, is_kept_back: bool) -> tuple[Resolution, ...]:
    """What may be decided about a finding now; whose aid is kept back is not paid again."""
    found = RESOLUTIONS[FindingKind(kind)] if is_open else ()
    return tuple(r for r in found if not (is_kept_back and r is Resolution.PAY_AGAIN))


def check_resolution(kind: str, is_open: bool, resolution: Resolution, *, is_kept_back: bool = False) -> None:
    """Raise ``FindingIsResolved`` or ``ResolutionDoesNotFit``."""
    if not is_open:
        raise FindingIsResolved
    allowed = legal_resolutions(kind, is_open=is_open, is_kept_back=is_kept_back)
    if resolution not in allowed:
        raise ResolutionDoesNotFit(_values(allowed))


def _values(resolutions: Sequence[Resolution]) -> tuple[str, ...]:
    return tuple(resolution.value for resolution in resolutions)


def finding_id(batch_id: UUID, kind: FindingKind, about: str) -> UUID:
    """The one id of a finding about a line or a payment."""
    return uuid5(FINDINGS, f"{batch_id}:{kind.value}:{about}")
