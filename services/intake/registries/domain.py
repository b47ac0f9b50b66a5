"""What is asked of a registry and what may come back. Pure values."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Self


class CheckKind(StrEnum):
    """What is asked."""

    IDENTITY = "IDENTITY"
    INSURANCE = "INSURANCE"


class CheckResult(StrEnum):
    """What came back; ``PENDING`` means asked, and to be asked about again.

    ``MISMATCHED``: the registry's person differs from what was said of ours. ``UNKNOWN``: an answer that we do not
    know. Both are for a person to decide, as is a registry's word that somebody died.
    """

    PENDING = "PENDING"
    MATCHED = "MATCHED"
    NOT_FOUND = "NOT_FOUND"
    NOT_ENROLLED = "NOT_ENROLLED"
    ACTIVE = "ACTIVE"
    INACTIVE = "INACTIVE"
    ARREARS = "ARREARS"
    MISMATCHED = "MISMATCHED"
    DECEASED = "DECEASED"
    UNKNOWN = "UNKNOWN"

    @classmethod
    def read(cls, text: object) -> Self:
        """The member, or ``UNKNOWN``: a list that somebody else keeps may grow without us."""
        return next((member for member in cls if member.value == text and member not in OURS), cls.UNKNOWN)


FOR_PEOPLE = frozenset({CheckResult.MISMATCHED, CheckResult.DECEASED, CheckResult.UNKNOWN})
"""What somebody has to look at and decide."""
OURS = frozenset({CheckResult.MISMATCHED, CheckResult.UNKNOWN})
"""What no registry says: we conclude it."""


KIND_OF_PURPOSE = {"IDENTIFICATION": CheckKind.IDENTITY, "INSURANCE": CheckKind.INSURANCE}


@dataclass(frozen=True, slots=True)
class Answer:
    """A registry's answer. ``as_told``: its own words, for whoever decides about what we could not read."""

    result: CheckResult
    nik: str | None = None
    name: str | None = None
    birth_date: date | None = None
    sex: str | None = None
    as_told: str = ""


DATES = ("%Y-%m-%d", "%d-%m-%Y")
"""How Dukcapil's interfaces write a date."""


def read_date(text: str) -> date | None:
    """A registry's date; nothing when it is written in no way that we know."""
    for form in DATES:
        try:
            return datetime.strptime(text, form).replace(tzinfo=UTC).date()
        except ValueError:
            continue
    return None
