"""Every query on clocks and rungs."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlmodel import col, exists, or_, select

from services.casework.handoff.deadlines.domain import ClockState, Notice
from services.casework.handoff.deadlines.tables import Clock, RungRow
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


async def awaited_notices(uow: UnitOfWork, handoff_id: UUID) -> list[RungRow]:
    """The rungs of a hand-off whose message nobody has reported on, locked."""
    return await uow.all(
        select(RungRow)
        .where(RungRow.handoff_id == handoff_id, RungRow.notice == Notice.AWAITED.value)
        .order_by(col(RungRow.decided_at))
        .with_for_update()
    )


async def handoff_of_rung(uow: UnitOfWork, fact_id: UUID) -> UUID | None:
    """The hand-off of whose rung a fact told; none when the fact was about something else."""
    found = await uow.scalars(select(RungRow.handoff_id).where(RungRow.fact_id == fact_id))
    return found[0] if found else None


async def rung_of_fact(uow: UnitOfWork, fact_id: UUID) -> RungRow | None:
    """The rung of which a fact told, locked."""
    return await uow.first(select(RungRow).where(RungRow.fact_id == fact_id).with_for_update())


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
    """The hand-offs of which some clock will ring, or a rung's message is waited for: what ``reconcile`` re-arms."""
    awaits_notice = exists().where(
        col(RungRow.handoff_id) == col(Clock.handoff_id),
        col(RungRow.clock) == col(Clock.kind),
        col(RungRow.occurrence) == col(Clock.occurrence),
        col(RungRow.notice) == Notice.AWAITED.value,
    )
    return await uow.scalars(
        select(Clock.handoff_id)
        .where(Clock.state == ClockState.RUNNING.value, or_(col(Clock.rings_at).is_not(None), awaits_notice))
        .distinct()
        .order_by(col(Clock.handoff_id))
    )
