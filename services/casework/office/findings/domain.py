"""What a finding is and what becomes of it. Pure functions.

A finding is opened by a rule, never by hand, and never refuses the record that caused it. One cause is one finding,
however often the rule looks.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from services.casework.office.matters.domain import About
from services.chassis.errors import Conflict


class FindingKind(StrEnum):
    """What does not match. A rule that comes later adds its kind here and its words to the pages."""

    CUSTODY_OVERLAP = "CUSTODY_OVERLAP"
    CUSTODY_GAP = "CUSTODY_GAP"
    GIVER_DID_NOT_HOLD = "GIVER_DID_NOT_HOLD"
    PROOF_MISSING = "PROOF_MISSING"
    OPERATION_COUNT_DIFFERS = "OPERATION_COUNT_DIFFERS"
    CHILD_AMONG_ADULTS = "CHILD_AMONG_ADULTS"
    MOTHER_AND_CHILD_APART = "MOTHER_AND_CHILD_APART"
    EMPTY_ROSTER = "EMPTY_ROSTER"
    CUSTODY_CLAIMED = "CUSTODY_CLAIMED"
    ONE_PERSON_IN_TWO_PLACES = "ONE_PERSON_IN_TWO_PLACES"
    CUSTODY_ON_CLOSED_CASE = "CUSTODY_ON_CLOSED_CASE"
    CUSTODY_AFTER_BURIAL = "CUSTODY_AFTER_BURIAL"
    TOLD_AFTER_CLOSING = "TOLD_AFTER_CLOSING"


class FindingState(StrEnum):
    """Where a finding stands."""

    OPEN = "open"
    EXPLAINED = "explained"


class Explanation(StrEnum):
    """Why it did not match."""

    RECORDED_LATE = "RECORDED_LATE"
    WRONG_TIME = "WRONG_TIME"
    WRONG_PARTY = "WRONG_PARTY"
    PAPER_IS_WRONG = "PAPER_IS_WRONG"
    PERSON_LEFT = "PERSON_LEFT"
    OTHER_CAUSE = "OTHER_CAUSE"
    SETTLED = "SETTLED"


BY_PEOPLE = tuple(code for code in Explanation if code is not Explanation.SETTLED)
"""``SETTLED`` is said by the rule alone, when a later record took the cause away."""


class FindingIsExplained(Conflict):
    """Somebody explained it already."""

    text = "Temuan ini sudah dijelaskan."
    advice = "Muat ulang untuk membaca penjelasannya."


@dataclass(frozen=True, slots=True)
class Found:
    """What a rule found: ``cause`` tells it from others of its kind about the same thing.

    ``details`` are ids, codes, counts and instants that a reader needs to understand it.
    """

    kind: FindingKind
    cause: str
    owner: str
    correlation_id: UUID
    about: About
    person_id: UUID | None = None
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, str]:
        """What makes it the same finding when it is found again."""
        return self.kind.value, self.cause


@dataclass(frozen=True, slots=True)
class FindingFilter:
    """Which findings are looked for; what is left out does not narrow."""

    state: FindingState | None = None
    kind: FindingKind | None = None
    about_id: UUID | None = None
    person_id: UUID | None = None
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """How a known finding stands."""

    state: str
    explanation: str | None


@dataclass(frozen=True, slots=True)
class Step:
    """What becomes of the findings about one thing: keys to open, to open again and to settle."""

    opened: tuple[tuple[str, str], ...]
    reopened: tuple[tuple[str, str], ...]
    settled: tuple[tuple[str, str], ...]


def next_step(known: Mapping[tuple[str, str], Standing], found: Iterable[tuple[str, str]]) -> Step:
    """Compare what a rule finds now with what is known.

    What people explained stays explained. What a later record had settled is opened again when the cause is back.
    """
    now = sorted(set(found))
    return Step(
        opened=tuple(key for key in now if key not in known),
        reopened=tuple(key for key in now if key in known and known[key].explanation == Explanation.SETTLED),
        settled=tuple(
            key for key, standing in sorted(known.items()) if standing.state == FindingState.OPEN and key not in now
        ),
    )
