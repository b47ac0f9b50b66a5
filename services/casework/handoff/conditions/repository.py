"""Every query on promises."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import col, or_, select

from services.casework.handoff.conditions.domain import ConditionAbout, ConditionState
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


async def open_of_handoffs(uow: UnitOfWork, handoff_ids: Collection[UUID]) -> list[Condition]:
    """The undecided promises of several hand-offs, locked, first due first."""
    return await uow.all(
        select(Condition)
        .where(col(Condition.handoff_id).in_(handoff_ids), Condition.state == ConditionState.OPEN.value)
        .order_by(col(Condition.due_at), col(Condition.id))
        .with_for_update()
    )


async def open_of_ids(uow: UnitOfWork, ids: Collection[UUID]) -> list[Condition]:
    """Those of some promises that are undecided, locked."""
    return await uow.all(
        select(Condition)
        .where(col(Condition.id).in_(ids), Condition.state == ConditionState.OPEN.value)
        .order_by(col(Condition.id))
        .with_for_update()
    )


async def voided_at(uow: UnitOfWork, matter_id: UUID, at: datetime, voided_for: str | None) -> list[Condition]:
    """What was promised about a case and ended by one act, which its instant names, or for a reason,
    locked.
    """
    return await uow.all(
        select(Condition)
        .where(
            Condition.matter_id == matter_id,
            Condition.state == ConditionState.VOID.value,
            Condition.about == ConditionAbout.CASE.value,
            or_(Condition.decided_at == at, Condition.reason_code == voided_for),
        )
        .order_by(col(Condition.id))
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
