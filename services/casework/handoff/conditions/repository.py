"""Every query on promises."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import col, select

from services.casework.handoff.conditions.domain import PromiseState
from services.casework.handoff.conditions.tables import Promise
from services.chassis.database import ReadSession, UnitOfWork


async def of_handoff(source: UnitOfWork | ReadSession, handoff_id: UUID) -> list[Promise]:
    """The promises of a hand-off, in the order in which they were made."""
    return await source.all(select(Promise).where(Promise.handoff_id == handoff_id).order_by(col(Promise.number)))


async def open_of_handoff(uow: UnitOfWork, handoff_id: UUID) -> list[Promise]:
    """The undecided promises of a hand-off, locked."""
    return await uow.all(
        select(Promise)
        .where(Promise.handoff_id == handoff_id, Promise.state == PromiseState.OPEN.value)
        .order_by(col(Promise.number))
        .with_for_update()
    )


async def handoff_of(uow: UnitOfWork, promise_id: UUID) -> UUID | None:
    """The hand-off for which a promise was made."""
    found = await uow.scalars(select(Promise.handoff_id).where(Promise.id == promise_id))
    return found[0] if found else None


async def of_handoffs(reading: ReadSession, handoff_ids: Sequence[UUID]) -> list[Promise]:
    """The promises of several hand-offs."""
    return await reading.all(
        select(Promise).where(col(Promise.handoff_id).in_(handoff_ids)).order_by(col(Promise.number))
    )


async def open_of_case_with_code(uow: UnitOfWork, case_id: UUID, code: str, owner: str) -> list[UUID]:
    """Undecided promises of a case that say the same and that one agency has to keep."""
    return await uow.scalars(
        select(Promise.id)
        .where(
            Promise.case_id == case_id,
            Promise.code == code,
            Promise.owner == owner,
            Promise.state == PromiseState.OPEN.value,
        )
        .order_by(col(Promise.id))
    )
