"""Every query on cases."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import col, select

from services.casework.cases.domain import CaseState, OpenThings
from services.casework.cases.tables import Case
from services.chassis.database import ReadSession, UnitOfWork


async def by_report(uow: UnitOfWork, report_id: UUID) -> Case | None:
    """The case that a report opened, locked."""
    return await uow.first(select(Case).where(Case.source_report_id == report_id).with_for_update())


async def next_serial(uow: UnitOfWork, district: str, prefix: str, year: int) -> int:
    """The next number of a district, type and year, without gaps."""
    found = await uow.execute(
        "INSERT INTO case_serials (district, prefix, year, last) VALUES (:district, :prefix, :year, 1)"
        " ON CONFLICT (district, prefix, year) DO UPDATE SET last = case_serials.last + 1 RETURNING last",
        district=district,
        prefix=prefix,
        year=year,
    )
    serial: int = found.scalar_one()
    return serial


async def open_things(uow: UnitOfWork, case: Case) -> OpenThings:
    """What of a case has not ended; a telephone call that nobody made delays nothing."""
    found = await uow.execute(
        """
        SELECT (SELECT count(*) FROM handoffs WHERE case_id = :id AND state NOT IN
                ('closed', 'rejected', 'cancelled', 'expired', 'superseded', 'entered-in-error')) AS handoffs,
               (SELECT count(*) FROM tasks WHERE case_id = :id AND state IN ('open', 'paused')
                AND kind <> 'PHONE_CALL') AS tasks,
               (SELECT count(*) FROM custodies WHERE case_id = :id AND until IS NULL) AS custodies
        """,
        id=case.id,
    )
    row = found.mappings().one()
    pending = case.aid_state is not None and case.aid_state not in ("credited", "refused")
    return OpenThings(row["handoffs"], row["tasks"], row["custodies"], pending)


async def one(reading: ReadSession, case_id: UUID) -> Case | None:
    """One case within the caller's scope."""
    return await reading.first(select(Case).where(Case.id == case_id))


async def page(reading: ReadSession, state: str | None, after: UUID | None, limit: int) -> list[Case]:
    """Cases in order of id."""
    query = select(Case).order_by(col(Case.id)).limit(limit)
    if state is not None:
        query = query.where(Case.state == state)
    if after is not None:
        query = query.where(col(Case.id) > after)
    return await reading.all(query)


async def numbers(reading: ReadSession, case_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Numbers by case, within the caller's districts."""
    rows = await reading.all(select(Case).where(col(Case.id).in_(set(case_ids))))
    return {row.id: row.number for row in rows}


async def not_closed(uow: UnitOfWork) -> list[Case]:
    """All cases whose procedure should run: what ``reconcile`` re-arms."""
    return await uow.all(select(Case).where(Case.state != CaseState.CLOSED.value).order_by(col(Case.id)))
