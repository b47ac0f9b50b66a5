"""What is asked of a registry and what may come back. Pure values."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class CheckKind(StrEnum):
    """What is asked."""

    IDENTITY = "IDENTITY"
    INSURANCE = "INSURANCE"


class CheckResult(StrEnum):
    """What came back; ``PENDING`` means asked, and to be asked about again."""

    PENDING = "PENDING"
    MATCHED = "MATCHED"
    NOT_FOUND = "NOT_FOUND"
    NOT_ENROLLED = "NOT_ENROLLED"
    ACTIVE = "ACTIVE"
    INACTIVE = "INACTIVE"
    ARREARS = "ARREARS"


KIND_OF_PURPOSE = {"IDENTIFICATION": CheckKind.IDENTITY, "INSURANCE": CheckKind.INSURANCE}


@dataclass(frozen=True, slots=True)
class Answer:
    """A registry's answer; the person's fields only with a match."""

    result: CheckResult
    nik: str | None = None
    name: str | None = None
    birth_date: date | None = None
    sex: str | None = None
