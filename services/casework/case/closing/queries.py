"""Read models of closing."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.casework.case.cases.queries import case_of
from services.casework.case.cases.tables import Case
from services.casework.case.closing import repository
from services.casework.case.closing.domain import Blocker, Kind
from services.casework.case.closing.tables import ClosingRound, ForcedClosing
from services.chassis.database import ReadSession


@dataclass(frozen=True, slots=True)
class ClosingView:
    """What keeps a case open, how the last round of asking stands, and a proposal to force it."""

    case: Case
    blockers: Sequence[Blocker]
    last: ClosingRound | None
    proposal: ForcedClosing | None


async def undecided_closings(reading: ReadSession) -> list[ForcedClosing]:
    """What waits for the caller's decision, oldest first; their own proposals wait for somebody else."""
    return await repository.undecided(reading)


async def what_keeps_open(case_id: UUID, reading: ReadSession) -> ClosingView:
    """What keeps a case from closing, by name. Raises ``NotFound``, also outside the caller's scope."""
    case = await case_of(case_id, reading)
    blockers, last = await repository.open_anywhere(reading, case_id)
    if case.closed_at:
        blockers = [blocker for blocker in blockers if blocker.kind != Kind.SERVICE]
    return ClosingView(case, blockers, last, await repository.proposal(reading, case_id))
