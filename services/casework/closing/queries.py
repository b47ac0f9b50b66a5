"""Read models of closing."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.casework.cases.queries import show_case
from services.casework.cases.tables import Case
from services.casework.closing import domain, repository
from services.casework.closing.domain import Blocker
from services.casework.closing.tables import ClosingRound, ForcedClosing
from services.chassis.database import ReadSession


@dataclass(frozen=True, slots=True)
class ClosingView:
    """What keeps a case open, how the last round of asking stands, and a proposal to force it."""

    case: Case
    blockers: Sequence[Blocker]
    last: ClosingRound | None
    proposal: ForcedClosing | None


async def what_keeps_open(case_id: UUID, reading: ReadSession) -> ClosingView:
    """What keeps a case from closing, by name. Raises ``NotFound``, also outside the caller's scope."""
    case = (await show_case(case_id, reading)).case
    here = await repository.open_here(reading, case_id)
    last = await repository.last_round(reading, case_id)
    elsewhere = domain.open_elsewhere(last.answers) if last and not here and not case.closed_at else []
    return ClosingView(case, here or elsewhere, last, await repository.proposal(reading, case_id))
