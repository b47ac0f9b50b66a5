"""Every query on registry checks."""

from uuid import UUID

from sqlmodel import col, select

from services.chassis.database import UnitOfWork
from services.intake.registries.tables import RegistryCheck


async def check(uow: UnitOfWork, check_id: UUID) -> RegistryCheck | None:
    """A check, locked."""
    return await uow.first(select(RegistryCheck).where(RegistryCheck.id == check_id).with_for_update())


async def unanswered(uow: UnitOfWork) -> list[RegistryCheck]:
    """All checks still waiting: what ``reconcile`` asks again."""
    return await uow.all(
        select(RegistryCheck).where(col(RegistryCheck.answered_at).is_(None)).order_by(col(RegistryCheck.id))
    )
