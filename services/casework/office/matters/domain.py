"""What work can be about. Pure values."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class AboutKind(StrEnum):
    """The kinds of thing that work and promises of time are about; cases and operations are matters, the rest stands
    on one.
    """

    CASE = "case"
    OPERATION = "operation"
    HANDOFF = "handoff"
    SHIFT = "shift"


@dataclass(frozen=True, slots=True)
class About:
    """The thing that a hand-off, a task, a stretch of custody, a letter, a finding or a deadline is about."""

    kind: AboutKind
    id: UUID


def case(case_id: UUID) -> About:
    """A case as what something is about."""
    return About(AboutKind.CASE, case_id)
