"""Read models of ages."""

from dataclasses import dataclass
from uuid import UUID

from services.casework.case.ages import domain, repository
from services.casework.case.ages.tables import AgeDecision
from services.casework.case.cases import repository as cases
from services.casework.case.cases.domain import CaseState
from services.casework.case.cases.tables import Case
from services.chassis.database import ReadSession
from services.chassis.errors import NotFound


@dataclass(frozen=True, slots=True)
class AgeView:
    """Whether a case's person is taken for a child, the decision that waits or stands, and what can be done now."""

    case: Case
    is_known: bool
    decision: AgeDecision | None
    legal_now: tuple[str, ...]


async def age_of(case_id: UUID, reading: ReadSession) -> AgeView:
    """The age of a case's person, as far as it matters. Raises ``NotFound``, also outside the caller's scope."""
    case = await cases.one(reading, case_id)
    if case is None:
        raise NotFound(kind="cases")
    decision = await repository.live(reading, case.person_id)
    is_known = await repository.is_known(reading, case.person_id)
    legal = domain.legal_moves(
        decision.state if decision else None,
        is_minor=case.apparent_minor and case.state != CaseState.CLOSED,
        is_known=is_known,
    )
    return AgeView(case, is_known, decision, legal)


async def undecided_ages(reading: ReadSession) -> list[AgeDecision]:
    """What waits for the caller's decision, oldest first; their own proposals wait for somebody else."""
    return await repository.undecided(reading)
