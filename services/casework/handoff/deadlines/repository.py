"""Every query on deadlines and escalation steps."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import asyncpg
from sqlmodel import col, exists, or_, select

from services.casework.handoff.deadlines.domain import DeadlineState, Notice
from services.casework.handoff.deadlines.tables import Deadline, EscalationStep
from services.casework.office.matters.domain import AboutKind
from services.chassis import clock
from services.chassis.database import Gauge, ReadSession, UnitOfWork, with_states

OF_HANDOFFS = Deadline.about_kind == AboutKind.HANDOFF.value
"""What a hand-off's timer looks after."""


async def all_of(uow: UnitOfWork, about_id: UUID) -> list[Deadline]:
    """Every deadline that a thing ever had, locked, by due instant."""
    return await uow.all(
        select(Deadline)
        .where(Deadline.about_id == about_id)
        .order_by(col(Deadline.due_at), col(Deadline.id))
        .with_for_update()
    )


async def handoffs_in_working_time(uow: UnitOfWork, district: str) -> list[UUID]:
    """The hand-offs of a district of which a deadline runs in working time: what a decree may move."""
    return await uow.scalars(
        select(Deadline.about_id)
        .where(
            OF_HANDOFFS,
            Deadline.district == district,
            Deadline.state == DeadlineState.RUNNING.value,
            Deadline.desk != "",
        )
        .distinct()
        .order_by(col(Deadline.about_id))
    )


async def escalations_of_deadline(uow: UnitOfWork, running: Deadline) -> list[EscalationStep]:
    """The escalation steps that were taken for one deadline, locked."""
    return await uow.all(
        select(EscalationStep)
        .where(
            EscalationStep.about_id == running.about_id,
            EscalationStep.deadline == running.kind,
            EscalationStep.occurrence == running.occurrence,
        )
        .with_for_update()
    )


async def awaited_notices(uow: UnitOfWork, about_id: UUID) -> list[EscalationStep]:
    """The escalation steps of a thing whose message nobody has reported on, locked."""
    return await uow.all(
        select(EscalationStep)
        .where(EscalationStep.about_id == about_id, EscalationStep.notice == Notice.AWAITED.value)
        .order_by(col(EscalationStep.decided_at))
        .with_for_update()
    )


async def handoff_of_escalation(uow: UnitOfWork, fact_id: UUID) -> UUID | None:
    """The hand-off of whose escalation step a fact told; none when the fact was about something else."""
    found = await uow.scalars(select(EscalationStep.about_id).where(EscalationStep.fact_id == fact_id))
    return found[0] if found else None


async def escalation_of_fact(uow: UnitOfWork, fact_id: UUID) -> EscalationStep | None:
    """The escalation step of which a fact told, locked."""
    return await uow.first(select(EscalationStep).where(EscalationStep.fact_id == fact_id).with_for_update())


async def of_handoffs(reading: ReadSession, handoff_ids: Sequence[UUID]) -> list[Deadline]:
    """All deadlines of some hand-offs, in the order in which they were started."""
    return await reading.all(
        select(Deadline)
        .where(col(Deadline.about_id).in_(handoff_ids))
        .order_by(col(Deadline.started_at), col(Deadline.id))
    )


async def escalations_of(reading: ReadSession, handoff_ids: Sequence[UUID]) -> list[EscalationStep]:
    """The escalation steps that were taken for some hand-offs, in order."""
    return await reading.all(
        select(EscalationStep)
        .where(col(EscalationStep.about_id).in_(handoff_ids))
        .order_by(col(EscalationStep.decided_at))
    )


async def history(reading: ReadSession, deadline_ids: Sequence[UUID]) -> list[Any]:
    """What was done with some deadlines: verb, reason, actor, instants, in order."""
    return await reading.rows(
        "SELECT aggregate_id, verb, reason, actor, happened_at, recorded_at FROM actions"
        " WHERE aggregate_id = ANY(:ids) ORDER BY recorded_at, aggregate_id, version",
        ids=list(deadline_ids),
    )


async def handoffs_with_escalations_ahead(uow: UnitOfWork) -> list[UUID]:
    """The hand-offs of which some deadline will escalate, or an escalation step's message is waited for: what
    ``reconcile`` re-arms.
    """
    awaits_notice = exists().where(
        col(EscalationStep.about_id) == col(Deadline.about_id),
        col(EscalationStep.deadline) == col(Deadline.kind),
        col(EscalationStep.occurrence) == col(Deadline.occurrence),
        col(EscalationStep.notice) == Notice.AWAITED.value,
    )
    return await uow.scalars(
        select(Deadline.about_id)
        .where(
            OF_HANDOFFS,
            Deadline.state == DeadlineState.RUNNING.value,
            or_(col(Deadline.escalates_at).is_not(None), awaits_notice),
        )
        .distinct()
        .order_by(col(Deadline.about_id))
    )


_NEAR_AND_SILENT = with_states("""
    SELECT count(*) FILTER (WHERE due_at < now() + interval '1 hour') AS near,
           count(*) FILTER (WHERE escalates_at < now() - interval '5 minutes') AS silent
    FROM deadlines WHERE state = {running} AND escalates_at IS NOT NULL
""", running=DeadlineState.RUNNING)  # fmt: skip


async def gauges(pool: asyncpg.Pool) -> list[Gauge]:
    """Deadlines near breach, those that should have escalated, and how far the clock that they run by is away."""
    deadlines = await pool.fetchrow(_NEAR_AND_SILENT)
    away = abs((await pool.fetchval("SELECT clock_timestamp()") - clock.utc_now()).total_seconds())
    return [
        ("sigap_deadlines_near_breach", {}, float(deadlines["near"])),
        ("sigap_deadlines_silent", {}, float(deadlines["silent"])),
        ("sigap_database_clock_away_seconds", {}, away),
    ]
