"""Every query on registry checks."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import col, select

from services.chassis.database import UnitOfWork
from services.intake.registries.domain import FOR_PEOPLE, CheckKind
from services.intake.registries.tables import RegistryCheck


async def check(uow: UnitOfWork, check_id: UUID) -> RegistryCheck | None:
    """A check, locked."""
    return await uow.first(select(RegistryCheck).where(RegistryCheck.id == check_id).with_for_update())


async def undecided(uow: UnitOfWork, about_id: UUID) -> RegistryCheck | None:
    """The newest identity check of a case on which somebody has to decide, locked."""
    return await uow.first(
        select(RegistryCheck)
        .where(
            RegistryCheck.about_id == about_id,
            RegistryCheck.kind == CheckKind.IDENTITY.value,
            col(RegistryCheck.result).in_([result.value for result in FOR_PEOPLE]),
            col(RegistryCheck.is_same_person).is_(None),
        )
        .order_by(col(RegistryCheck.answered_at).desc())
        .limit(1)
        .with_for_update()
    )


async def what_keeps_open(case_id: UUID, correlation_id: UUID, uow: UnitOfWork) -> Sequence[str]:
    """What of a case keeps it from closing here: a question to a registry that waits for its answer."""
    found = await uow.scalars(
        select(RegistryCheck.id)
        .where(RegistryCheck.about_id == case_id, col(RegistryCheck.answered_at).is_(None))
        .limit(1)
    )
    return ["REGISTRY_CHECK_WAITS"] if found else []


async def unanswered(uow: UnitOfWork) -> list[RegistryCheck]:
    """All checks still waiting, for their registry or for what was decided: what ``reconcile`` asks again."""
    return await uow.all(
        select(RegistryCheck)
        .where(
            col(RegistryCheck.answered_at).is_(None)
            | (col(RegistryCheck.is_same_person).is_not(None) & col(RegistryCheck.settled_at).is_(None))
        )
        .order_by(col(RegistryCheck.id))
    )
