"""Every query on promises."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import col, select

from services.casework.handoff.conditions.domain import ConditionState
from services.casework.handoff.conditions.tables import Condition
from services.chassis.database import ReadSession, UnitOfWork


async def of_handoff(source: UnitOfWork | ReadSession, handoff_id: UUID) -> list[Condition]:
    """The promises of a hand-off, in the order in which they were made."""
    return await source.all(select(Condition).where(Condition.handoff_id == handoff_id).order_by(col(Condition.number)))


async def open_of_handoff(uow: UnitOfWork, handoff_id: UUID) -> list[Condition]:
    """The undecided promises of a hand-off, locked."""
    return await uow.all(
        select(Condition)
        .where(Condition.handoff_id == handoff_id, Condition.state == ConditionState.OPEN.value)
        .order_by(col(Condition.number))
        .with_for_update()
    )


async def handoff_of(uow: UnitOfWork, condition_id: UUID) -> UUID | None:
    """The hand-off for which a promise was made."""
    found = await uow.scalars(select(Condition.handoff_id).where(Condition.id == condition_id))
    return found[0] if found else None


async def of_handoffs(reading: ReadSession, handoff_ids: Sequence[UUID]) -> list[Condition]:
    """The promises of several hand-offs."""
    return await reading.all(
        select(Condition).where(col(Condition.handoff_id).in_(handoff_ids)).order_by(col(Condition.number))
    )


async def open_of_matter_with_code(uow: UnitOfWork, matter_id: UUID, code: str, owner: str) -> list[UUID]:
    """Undecided promises in a matter that say the same and that one agency has to keep."""
    return await uow.scalars(
        select(Condition.id)
        .where(
            Condition.matter_id == matter_id,
            Condition.code == code,
            Condition.owner == owner,
            Condition.state == ConditionState.OPEN.value,
        )
        .order_by(col(Condition.id))
    )
