"""Every query on assessments and plans."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import col, select

from services.casework.case.cases.domain import CaseState
from services.casework.case.cases.tables import Case
from services.casework.case.plans.domain import PlanState
from services.casework.case.plans.tables import Assessment, Plan, PlanLine
from services.chassis.database import ReadSession, UnitOfWork

LIST_ROWS = 100


async def assessments(source: ReadSession | UnitOfWork, case_id: UUID) -> list[Assessment]:
    """A case's assessments, the latest first."""
    query = select(Assessment).where(Assessment.case_id == case_id)
    return await source.all(query.order_by(col(Assessment.number).desc()))


async def plans(source: ReadSession | UnitOfWork, case_id: UUID) -> list[Plan]:
    """The versions of a case's plan, the latest first."""
    return await source.all(select(Plan).where(Plan.case_id == case_id).order_by(col(Plan.number).desc()))


async def lines(source: ReadSession | UnitOfWork, plan_ids: Sequence[UUID]) -> list[PlanLine]:
    """The lines of versions, by the day until which each is planned."""
    query = select(PlanLine).where(col(PlanLine.plan_id).in_(plan_ids))
    return await source.all(query.order_by(col(PlanLine.until), col(PlanLine.id)))


async def line(uow: UnitOfWork, line_id: UUID) -> PlanLine | None:
    """One line."""
    return await uow.first(select(PlanLine).where(PlanLine.id == line_id))


async def remove_line(uow: UnitOfWork, line_id: UUID) -> None:
    """Take a line out of a draft."""
    await uow.execute("DELETE FROM plan_lines WHERE id = :line_id", line_id=line_id)


async def undecided(reading: ReadSession) -> list[Plan]:
    """Within the caller's scope, plans of open cases that wait for somebody else than who proposed them, oldest
    first.
    """
    return await reading.all(
        select(Plan)
        .join(Case, col(Case.id) == col(Plan.case_id))
        .where(
            Plan.state == PlanState.PROPOSED.value,
            Plan.proposed_by != reading.principal.actor,
            Case.state != CaseState.CLOSED.value,
        )
        .order_by(col(Plan.proposed_at))
        .limit(LIST_ROWS)
    )
