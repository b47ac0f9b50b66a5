"""Every query on clocks and rungs."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from services.casework.clocks.domain import ClockState
from services.casework.clocks.tables import Clock, RungRow
from services.chassis.database import ReadSession, UnitOfWork


async def all_of(uow: UnitOfWork, handoff_id: UUID) -> list[Clock]:
    """Every clock that a hand-off ever had, locked, by due instant."""
    return await uow.all(
        select(Clock).where(Clock.handoff_id == handoff_id).order_by(col(Clock.due_at), col(Clock.id)).with_for_update()
    )


async def handoffs_in_working_time(uow: UnitOfWork, district: str) -> list[UUID]:
    """The hand-offs of a district of which a clock runs in working time: what a decree may move."""
    return await uow.scalars(
        select(Clock.handoff_id)
        .where(Clock.district == district, Clock.state == ClockState.RUNNING.value, Clock.desk != "")
        .distinct()
        .order_by(col(Clock.handoff_id))
    )


async def rungs_of_clock(uow: UnitOfWork, running: Clock) -> list[RungRow]:
    """The rungs that rang for one clock, locked."""
    return await uow.all(
        select(RungRow)
        .where(
            RungRow.handoff_id == running.handoff_id,
            RungRow.clock == running.kind,
            RungRow.occurrence == running.occurrence,
        )
        .with_for_update()
    )


async def of_handoffs(reading: ReadSession, handoff_ids: Sequence[UUID]) -> list[Clock]:
    """All clocks of some hand-offs, in the order in which they were started."""
    return await reading.all(
        select(Clock).where(col(Clock.handoff_id).in_(handoff_ids)).order_by(col(Clock.started_at), col(Clock.id))
    )


async def rungs_of(reading: ReadSession, handoff_ids: Sequence[UUID]) -> list[RungRow]:
    """The rungs that rang for some hand-offs, in order."""
    return await reading.all(
        select(RungRow).where(col(RungRow.handoff_id).in_(handoff_ids)).order_by(col(RungRow.decided_at))
    )


async def history(reading: ReadSession, clock_ids: Sequence[UUID]) -> list[Any]:
    """What was done with some clocks: verb, reason, actor, instants, in order."""
    return await reading.rows(
        "SELECT aggregate_id, verb, reason, actor, happened_at, recorded_at FROM actions"
        " WHERE aggregate_id = ANY(:ids) ORDER BY recorded_at, aggregate_id, version",
        ids=list(clock_ids),
    )


async def handoffs_with_rungs_ahead(uow: UnitOfWork) -> list[UUID]:
    """The hand-offs of which some clock will ring: what ``reconcile`` re-arms."""
    return await uow.scalars(
        select(Clock.handoff_id)
        .where(Clock.state == ClockState.RUNNING.value, col(Clock.rings_at).is_not(None))
        .distinct()
        .order_by(col(Clock.handoff_id))
    )
