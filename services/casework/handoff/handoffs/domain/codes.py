"""What may be said with a move, as closed lists: a code that anybody makes up could carry a diagnosis or a name."""

from enum import StrEnum

from services.casework.office.case_types.domain import CASE_TYPES
from services.chassis.errors import Invalid


class HandoffReason(StrEnum):
    """Why a move was made."""

    FULL = "FULL"
    NO_STAFF = "NO_STAFF"
    NOT_OUR_DUTY = "NOT_OUR_DUTY"
    INCOMPLETE = "INCOMPLETE"
    NO_MEDICINE = "NO_MEDICINE"
    ABSCONDED = "ABSCONDED"
    DECEASED = "DECEASED"
    REFUSED = "REFUSED"
    NOT_FOUND = "NOT_FOUND"
    NO_LONGER_ABLE = "NO_LONGER_ABLE"
    FOUND_AGAIN = "FOUND_AGAIN"
    AGENCY_CLOSED = "AGENCY_CLOSED"
    NO_ANSWER = "NO_ANSWER"
    NO_LONGER_NEEDED = "NO_LONGER_NEEDED"
    OTHER_SOLUTION = "OTHER_SOLUTION"
    WRONG_AGENCY = "WRONG_AGENCY"
    SAID_BY_PHONE = "SAID_BY_PHONE"


class Question(StrEnum):
    """What a receiver asks back."""

    IDENTITY_UNCLEAR = "IDENTITY_UNCLEAR"
    CONDITION_UNCLEAR = "CONDITION_UNCLEAR"
    FUNDING_UNCLEAR = "FUNDING_UNCLEAR"
    LETTER_MISSING = "LETTER_MISSING"


class Reply(StrEnum):
    """What the sender says to that."""

    ANSWERED_BY_PHONE = "ANSWERED_BY_PHONE"
    LETTER_SENT = "LETTER_SENT"
    AS_IN_DISCLOSURE = "AS_IN_DISCLOSURE"


class News(StrEnum):
    """How the work stands, without a diagnosis."""

    IN_CARE = "IN_CARE"
    IMPROVING = "IMPROVING"
    UNCHANGED = "UNCHANGED"
    READY = "READY"


class Speaker(StrEnum):
    """Who said it by telephone."""

    DUTY_OFFICER = "DUTY_OFFICER"
    HEAD = "HEAD"
    HEAD_NURSE = "HEAD_NURSE"
    DOCTOR = "DOCTOR"
    ADMINISTRATOR = "ADMINISTRATOR"


RESULTS: dict[str, tuple[str, ...]] = {
    "CUSTODY_TRANSFER": ("IN_CARE",),
    "EMERGENCY_CARE": ("STABILISED",),
    "CHILD_PROTECTION": ("PROTECTED", "NOT_A_CHILD"),
}
"""By purpose: how it may end in a case of any type."""
ANY_RESULT = ("DONE",)


class HandoffResultIsUnknown(Invalid):
    """A hand-off for this purpose does not end like that."""

    text = "Hasil ini tidak dikenal untuk tujuan ini."
    advice = "Pakai salah satu hasil yang disebut pada facts.legal."


def results_of(purpose: str) -> tuple[str, ...]:
    """How a hand-off may end: in a case of any type, and of those types whose procedures ask for it."""
    return (*RESULTS.get(purpose, ()), *CASE_TYPES.known.results.get(purpose, {})) or ANY_RESULT


def check_result(purpose: str, result_code: str) -> None:
    """Raise ``HandoffResultIsUnknown`` naming how a hand-off for this purpose may end."""
    known = results_of(purpose)
    if result_code not in known:
        raise HandoffResultIsUnknown(legal=", ".join(known))
