"""Every query on decisions about ages."""

from uuid import UUID

from sqlmodel import col, select

from services.casework.case.ages.domain import AgeState
from services.casework.case.ages.tables import AgeDecision
from services.casework.person.profile.domain import KNOWN_BY_REGISTRY
from services.chassis.database import ReadSession, UnitOfWork
from services.chassis.persons import person_known

LIVE = (AgeState.PROPOSED.value, AgeState.CONFIRMED.value)
LIST_ROWS = 100


async def lock_person(uow: UnitOfWork, person_id: UUID) -> None:
    """Whoever decides on a person's age, or hears of it, comes one after another."""
    await uow.execute("SELECT pg_advisory_xact_lock(hashtextextended(:person, 0))", person=f"age:{person_id}")


async def live(source: UnitOfWork | ReadSession, person_id: UUID) -> AgeDecision | None:
    """The decision on a person that waits or stands."""
    return await source.first(
        select(AgeDecision).where(AgeDecision.person_id == person_id, col(AgeDecision.state).in_(LIVE))
    )


async def is_known(source: UnitOfWork | ReadSession, person_id: UUID) -> bool:
    """Whether a registry tells a person's age."""
    person = await person_known(source, person_id)
    return person is not None and person.identity_status == KNOWN_BY_REGISTRY


async def undecided(reading: ReadSession) -> list[AgeDecision]:
    """Within the caller's scope, what waits for a decision of somebody else than who proposed it, oldest first."""
    return await reading.all(
        select(AgeDecision)
        .where(AgeDecision.state == AgeState.PROPOSED.value, AgeDecision.proposed_by != reading.principal.actor)
        .order_by(col(AgeDecision.proposed_at))
        .limit(LIST_ROWS)
    )
