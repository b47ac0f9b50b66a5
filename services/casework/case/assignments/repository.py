"""Every query on whose cases are whose."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import col, func, select

from services.casework.case.cases.domain import CaseState
from services.casework.case.cases.tables import Case
from services.chassis.database import ReadSession, UnitOfWork


@dataclass(frozen=True, slots=True)
class Load:
    """How many open cases somebody sees to; nobody's by name without ``worker``."""

    worker: str | None
    cases: int


async def open_of_worker(uow: UnitOfWork, worker: str, districts: Sequence[str]) -> list[UUID]:
    """The open cases that somebody sees to in some districts, by id."""
    return await uow.scalars(
        select(Case.id)
        .where(Case.worker == worker, Case.state != CaseState.CLOSED.value, col(Case.district).in_(districts))
        .order_by(col(Case.id))
    )


async def loads(reading: ReadSession) -> list[Load]:
    """How many open cases each worker of the caller's districts sees to, the most first."""
    rows = await reading.rows(
        "SELECT worker, count(*) AS cases FROM cases WHERE district = ANY(:districts) AND state <> :closed"
        " GROUP BY worker ORDER BY cases DESC, worker",
        districts=list(reading.principal.offices),
        closed=CaseState.CLOSED.value,
    )
    return [Load(row["worker"], row["cases"]) for row in rows]


async def mine(reading: ReadSession, limit: int) -> list[Case]:
    """The caller's open cases, the newest first."""
    return await reading.all(
        select(Case)
        .where(Case.worker == reading.principal.actor, Case.state != CaseState.CLOSED.value)
        .order_by(col(Case.id).desc())
        .limit(limit)
    )


async def count_mine(reading: ReadSession) -> int:
    """How many there are."""
    query = select(func.count(col(Case.id)))
    where = (Case.worker == reading.principal.actor, Case.state != CaseState.CLOSED.value)
    return await reading.first(query.where(*where)) or 0
