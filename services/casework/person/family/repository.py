"""Every query on ties."""

from collections.abc import Collection
from uuid import UUID

from sqlmodel import col, or_, select

from services.casework.person.family.tables import FamilyTie
from services.chassis.database import ReadSession, UnitOfWork


async def tie_between(uow: UnitOfWork, person_ids: Collection[UUID]) -> FamilyTie | None:
    """The tie between two persons, ended or not, locked."""
    both = col(FamilyTie.person_id).in_(person_ids), col(FamilyTie.child_id).in_(person_ids)
    return await uow.first(select(FamilyTie).where(*both).with_for_update())


async def tied_to(source: UnitOfWork | ReadSession, about_id: UUID) -> list[UUID]:
    """The cases from which a case is never parted."""
    either = or_(FamilyTie.matter_id == about_id, FamilyTie.child_matter_id == about_id)
    holding = col(FamilyTie.is_ended).is_(False)
    ties = await source.all(select(FamilyTie).where(either, holding).order_by(col(FamilyTie.id)))
    return [tie.child_matter_id if tie.matter_id == about_id else tie.matter_id for tie in ties]
